-- What people type, beside the labels themselves. Misspellings are found by likeness and need no row here.

insert into term (word, kind, id)
select unknot.fold(label), 'technique', id from technique
union
select unknot.fold(label), 'complaint', id from complaint
union
select unknot.fold(word), 'technique', t.id
from (values
    ('swedish', '{swedish,relaxation massage,relaxing massage,classic massage,gentle massage}'::text[]),
    ('deep-tissue', '{deep tissue,deep massage,firm massage,strong massage,deep pressure}'),
    ('trigger-point', '{trigger point,trigger points,trigger point massage,trigger point release}'),
    ('myofascial-release', '{myofascial,fascia,fascial release,mfr,fascia massage}'),
    ('neuromuscular', '{neuromuscular,nmt,neuromuscular massage}'),
    ('therapeutic', '{therapeutic,treatment massage,not sure,i do not know,any technique}'),
    ('medical-massage', '{medical,clinical massage,medical massage therapy}'),
    ('orthopedic', '{orthopedic,orthopaedic,orthopaedic massage}'),
    ('sports', '{sports,sport massage,athletic massage}'),
    ('remedial', '{remedial}'),
    ('structural-integration', '{rolfing,rolf,hellerwork,structural,posture massage}'),
    ('active-release', '{art,active release technique,active release techniques}'),
    ('muscle-energy', '{muscle energy,pnf,stretching,assisted stretching,met,stretch}'),
    ('positional-release', '{strain counterstrain,counterstrain}'),
    ('cross-fiber-friction', '{cross fibre friction,transverse friction,friction massage}'),
    ('iastm', '{iastm,gua sha,graston,scraping,instrument assisted}'),
    ('cupping', '{cupping massage,cups,cupping therapy}'),
    ('hot-stone', '{hot stone,hot stones,warm stones}'),
    ('thai', '{thai,thai yoga massage,nuad}'),
    ('shiatsu', '{shiatsu massage,japanese massage}'),
    ('tui-na', '{tuina,tui na massage,chinese massage}'),
    ('acupressure', '{acupressure massage,pressure points}'),
    ('lomi-lomi', '{lomi lomi,hawaiian massage}'),
    ('ashiatsu', '{ashiatsu,barefoot massage,massage with feet}'),
    ('reflexology', '{foot massage,foot reflexology,reflex zones}'),
    ('craniosacral', '{craniosacral,cranial sacral,cst}'),
    ('bowen', '{bowen,bowen technique,bowtech}'),
    ('lymphatic-drainage', '{lymph drainage,manual lymphatic drainage,mld,lymphatic,lymphatic massage}'),
    ('prenatal', '{prenatal,pregnancy massage,maternity massage,pre natal massage}'),
    ('oncology', '{oncology,cancer massage}'),
    ('geriatric', '{geriatric,geriatric massage,massage for seniors,senior massage,elderly massage}'),
    ('chair', '{chair,seated massage,office massage}'),
    ('aromatherapy', '{aromatherapy,essential oils}'),
    ('scar-work', '{scar,scars,scar massage,scar tissue}'),
    ('ayurvedic', '{ayurvedic,abhyanga,ayurveda}'),
    ('percussion', '{percussion,massage gun,theragun,percussive massage}'),
    ('heat-hydro', '{heat,cold packs,heat pack,hot pack,hydrotherapy}'),
    ('reiki-energy', '{reiki,energy work,energy healing}')) w (slug, words)
join technique t on t.slug = w.slug, unnest(w.words) word
union
select unknot.fold(word), 'complaint', c.id
from (values
    ('neck-pain', '{neck,stiff neck,sore neck,neck ache,cervical,whiplash,tech neck,neck and shoulders}'::text[]),
    ('upper-back', '{upper back,upper back pain,between shoulders,between the shoulders,shoulder blade,shoulder blades,shoulders,shoulder pain,thoracic}'),
    ('mid-back', '{mid back,middle back,middle back pain,mid back ache}'),
    ('low-back', '{low back,lower back,lower back pain,lumbar,lumbago,low back ache,lower back ache,si joint,sacroiliac}'),
    ('sciatica', '{sciatica,sciatic,sciatic nerve,leg pain,pain down the leg,pinched nerve,slipped disc,herniated disc,bulging disc,disc,radiating pain,buttock pain,piriformis}'),
    ('pregnancy', '{pregnancy,pregnant,pregnancy back pain,expecting,pelvic girdle pain,postpartum}'),
    ('chronic-tension', '{tension,knots,tight back,tight muscles,chronic pain,chronic back pain,muscle tension,tightness}'),
    ('spasm', '{spasm,spasms,cramp,cramps,back spasm,seized up,locked back}'),
    ('trigger-spot', '{one spot,sore spot,tender spot,tender point,painful spot}'),
    ('stiffness', '{stiff,stiff back,range of motion,limited movement,mobility,flexibility}'),
    ('after-injury', '{injury,back injury,accident,car accident,fall,rehab,recovery}'),
    ('acute-strain', '{strain,sprain,pulled muscle,pulled back,threw my back out,acute back pain,lifting}'),
    ('arthritis', '{arthritis,osteoarthritis,spinal stenosis,stenosis,facet joint}'),
    ('scoliosis', '{curved spine,spinal curve}'),
    ('posture-desk', '{posture,desk,desk work,office,sitting,computer,hunched,driving}'),
    ('older-frail', '{older,elderly,frail,senior,seniors,osteoporosis}'),
    ('stress-sleep', '{stress,sleep,anxiety,insomnia,relax,relaxation,burnout}')) w (slug, words)
join complaint c on c.slug = w.slug, unnest(w.words) word
on conflict do nothing;
