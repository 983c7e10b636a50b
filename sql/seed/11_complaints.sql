-- What people come with. The id is a bit number in listing.complaints: never reused, never renumbered. `evidence` stands beside every suggestion,
-- because no technique has been shown to be clearly better for back pain than another.

insert into complaint (id, slug, label, suggest, careful, evidence) values
    (0, 'neck-pain', 'Neck pain', '{swedish,therapeutic,myofascial-release}', 'No quick twisting or pulling of the neck.', 'Uncertain: may ease pain for a short time'),
    (1, 'upper-back', 'Pain between the shoulders', '{therapeutic,trigger-point,chair}', '', 'Not studied well'),
    (2, 'mid-back', 'Mid-back pain', '{therapeutic,myofascial-release,swedish}', 'Pain in the middle back with fever, weight loss or after a fall needs a doctor first.', 'Not studied well'),
    (3, 'low-back', 'Low back pain', '{swedish,therapeutic,myofascial-release}', '',
        'Very uncertain: may ease pain for weeks; most guidelines want exercise beside it'),
    (4, 'sciatica', 'Sciatica and pain down the leg', '{swedish,therapeutic,positional-release}', 'No deep pressure on the nerve. New weakness or numbness needs a doctor first.',
        'Not recommended alone; only as part of a plan with exercise'),
    (5, 'pregnancy', 'Back pain in pregnancy', '{prenatal}', 'Choose a therapist trained for pregnancy; tell your midwife or doctor.', 'Not reviewed here'),
    (6, 'chronic-tension', 'Long-lasting tension and knots', '{deep-tissue,swedish,myofascial-release,therapeutic}', 'Firm pressure does not suit everyone; gentle work did as well in the best trial.',
        'Very uncertain: may ease pain for weeks'),
    (7, 'spasm', 'Muscle spasm', '{positional-release,swedish,heat-hydro,trigger-point}', 'No hard stretching while the muscle is in spasm.',
        'Practice experience; warmth has fair evidence for fresh pain'),
    (8, 'trigger-spot', 'Pain in one spot', '{trigger-point,neuromuscular,therapeutic}', 'May bruise.', 'Practice experience only'),
    (9, 'stiffness', 'Stiffness', '{myofascial-release,thai,muscle-energy}', 'Not with very loose joints, a fusion or thin bones without asking a doctor.',
        'Uncertain: two reviews disagree'),
    (10, 'after-injury', 'Recovery after a back injury', '{neuromuscular,orthopedic,therapeutic}', 'After a fall or an accident see a doctor first.', 'Practice experience only'),
    (11, 'acute-strain', 'Fresh strain or sprain', '{swedish,heat-hydro,positional-release}', 'No deep work on the sore place.',
        'Low-quality evidence for massage in the first weeks; most people get better anyway'),
    (12, 'arthritis', 'Arthritis of the spine', '{swedish,heat-hydro,geriatric}', 'Not during a flare; gently with thin bones.', 'Very uncertain'),
    (13, 'scoliosis', 'Scoliosis', '{therapeutic,myofascial-release}', 'Massage does not straighten the curve.', 'No studies found; for comfort'),
    (14, 'posture-desk', 'Back pain from desk work', '{chair,therapeutic}', '', 'No studies found; breaks and strengthening matter more'),
    (15, 'older-frail', 'Back pain in older or frail people', '{geriatric,swedish}', 'Light pressure; say if you have thin bones or take blood thinners.', 'Very uncertain'),
    (16, 'stress-sleep', 'Stress and poor sleep', '{swedish,aromatherapy,shiatsu,reflexology}', 'Not a treatment for depression.', 'Not reviewed here')
on conflict (id) do update set slug = excluded.slug, label = excluded.label, suggest = excluded.suggest, careful = excluded.careful, evidence = excluded.evidence;
