-- Words of the vocabulary that are no values: what narrows nothing here, what no search here asks by, orders of the list, and days, parts of the day and hours.

insert into vocabulary (word, sense)
select distinct word, 'filler' from unnest(string_to_array(
    'massage massages massaged massaging masseuse masseur rub bodywork session sessions treatment treatments treat treats therapy therapies therapist therapists '
    'practitioner practitioners professional specialist specialists expert experts clinic clinics studio '
    'back backs backache spine pain pains painful ache aches aching achy hurt hurts hurting sore soreness bad relief relieve problem problems issue issues trouble '
    'severe terrible really very body full muscle muscles nerve bone bones joint joints area side left right '
    'a an the my your our his her their this these that those it its i im me we us he she they you one any anyone anybody some someone somebody who what which how '
    'is are am was be been being do does did can could will would should has have had get got give gives need needs needed want wants wanted like looking look '
    'find search help helps helping good great best top better nice kind right please thanks thank hi hello '
    'for of with without and or not but also in on at by to from near around within close next last due because since when where while after before during '
    'if so as than then there here town city place places open opening available availability free appointment appointments slot slots book booking '
    'reservation schedule time times day days week hour hours minute minutes soon new old anytime late '
    'speak speaks speaking language cost costs price prices affordable pay much many more less only just even too up out off about between around again ever always every '
    'all everything everybody everyone anything nothing nobody none other others rather instead both each into through down work works working feel feels feeling felt kill kills killing '
    'make makes made move moving lift give gives turn go going went come comes coming know think sure dr mr mrs ms mx wife husband mom mum mother dad father son daughter parent '
    'parents grandmother grandma grandfather grandpa niece nephew cousin friend friends friendly welcome take takes wrong burning stabbing dull sharp throbbing constant sudden intense mild torn gave threw straight downtown getting rid stop stops away already dont doesnt isnt cannot cant couldnt wont never im ive family year years month months weeks first second third 1st 2nd 3rd am pm '
    'under over below above max maximum dollar dollars usd bucks no stand standing walk walking sleep sleeping bed bend bending lie lying wake waking '
    'person persons people personal human something somewhere goes woke slept play plays played playing table disease diagnosis zip zipcode postcode postal code named called '
    'masaje masajes masajista masajistas terapeuta dolor dolores espalda duele duelen necesito busco quiero para con cerca tengo hablo habla hablan por favor hola '
    'massagem terapia ruckenschmerzen rucken schmerzen', ' ') || '{dolor de espalda,dolor en la espalda,me duele la espalda,la espalda,de espalda,me duele,me duele el,me duele la,mal de dos,mal au dos,dor nas costas,any time}') word
where word <> ''
on conflict (word) do update set sense = 'filler', tags = '{}', means = '' where vocabulary.sense = 'part';

-- parts of the body beside the back, other trades, and what services of other kinds have
insert into vocabulary (word, sense)
select distinct word, 'other' from (
    select unnest(string_to_array(
        'head headache headaches migraine migraines jaw tmj face facial facials chest rib ribs arm arms elbow elbows wrist wrists hand hands hip hips leg legs knee knees thigh thighs calf '
        'calves hamstring hamstrings glute glutes butt buttock buttocks ankle ankles foot feet toe toes finger fingers stomach belly abdomen abdominal groin scalp '
        'chiropractor chiropractors chiropractic chiro physio physiotherapist physiotherapy acupuncture acupuncturist osteopath doctor doctors nurse '
        'couple couples manicure pedicure sauna jacuzzi voucher vouchers coupon coupons groupon discount discounts deal deals erotic sensual tantric tantra nuru '
        'medicare medicaid veteran veterans depression endometriosis menstrual numb numbness tingling swollen swelling bbl lipo liposuction crossfit gym '
        'star stars rated rating ratings recommended popular '
        'needle needles period experienced experience gift gifts birthday valentines student military parkinsons parkinson diabetes broken survivor talk talking chat music vegan hair oil black asian christian muslim jewish catholic '
        'yesterday weekday weekdays weekly monthly christmas thanksgiving easter county borough '
        'online virtual video zoom telehealth app website phone telephone email certified qualified insured trained skilled '
        'aetna cigna humana kaiser tricare bcbs anthem unitedhealthcare geico venmo paypal zelle bitcoin crypto tip tips '
        'mile miles mi km kms kilometer kilometers kilometre kilometres run ran marathon jog jogging '
        'gardening yardwork shoveling snow boxes football soccer basketball baseball hockey tennis golf golfer swimming swimmer cycling cyclist yoga pilates dancing dancer hiking biking breastfeeding nursing '
        'mall mail mole airport hospital university campus square avenue street road plaza boulevard highway apartment young younger replacement patient ice '
        'blind dog dogs cat cats pet pets cabeza rodilla rodillas pierna piernas brazo brazos cadera pie pies', ' ')) as word
    union all
    select unnest('{cape cod,the hamptons,hudson valley,same gender,physical therapist,physical therapy,dry needling,hot tub,gift card,gift cards,gift certificate,happy ending,workers comp,worker s comp,workers compensation,blue cross,walk in,walk ins,drop in,'
                  'tennis elbow,carpal tunnel,plantar fasciitis,rotator cuff,it band,levator scapulae,mothers day,fathers day,last week,last night,last month,next month,every day,every week,new year,new years,
                  mon fri,monday fri,monday friday,monday to friday,monday through friday,mon to fri,mon thru fri,black friday,cyber monday,christmas eve,christmas day,new years eve,end of the month,end of month,end of the week,
                  24 hours,24 7,24h,apple pay,google pay,cash app,blue shield,united healthcare,united health care,dog friendly,pet friendly,no insurance}'::text[])) x
on conflict (word) do update set sense = 'other', tags = '{}', means = '' where vocabulary.sense in ('part', 'filler');

insert into vocabulary (word, sense, means)
select word, 'order', means from (values
    ('best', '{near me,nearby,near by,close by,nearby me,close to me,closeby,around me,around here,near here,local,my area,in my area,my location,my current location,near my location,near my house,near my home,near home,'
             'close to home,near my work,near work,near my office,cerca de mi,cerca de aqui,cerca de mi casa}'::text[]),
    ('nearest', '{nearest,closest,nearest to me,closest to me,nearest me,closest one,walking distance,within walking distance}'),
    ('soonest', '{soonest,earliest,first available,next available,earliest available,soonest available,earliest appointment,next appointment,first appointment,last minute,lo antes posible}'),
    ('price', '{cheap,cheaper,cheapest,inexpensive,low price,low prices,lowest price,lowest prices,lowest cost,best price,best prices,good price,good prices,not expensive,not too expensive,not so expensive,barato,barata,economico}'),
    ('rating', '{top rated,best rated,highest rated,highly rated,best reviewed,well reviewed,top reviewed,best reviews,good reviews,great reviews,good ratings,5 star,5 stars,five star,five stars}')) t (means, words), unnest(words) word
on conflict (word) do update set sense = 'order', tags = '{}', means = excluded.means where vocabulary.sense in ('part', 'filler', 'other', 'order');

insert into vocabulary (word, sense, means)
select word, 'time', means from (values
    ('today', '{today,right now,same day,as soon as possible,asap,now,open now,available now,hoy,later today,in an hour,in 1 hour,in one hour,in 2 hours,in two hours,in 30 minutes,within an hour,within the hour,within 2 hours,within two hours}'::text[]), ('today evening', '{tonight,this evening}'), ('today morning', '{this morning}'),
    ('today afternoon', '{this afternoon}'), ('tomorrow', '{tomorrow,tmrw,tmr,tomo,manana}'), ('+2', '{day after tomorrow,the day after tomorrow,pasado manana}'), ('tomorrow evening', '{tomorrow night,manana por la noche}'), ('tomorrow morning', '{manana por la manana}'), ('tomorrow afternoon', '{manana por la tarde}'),
    ('week', '{this week,next week,next 7 days,within a week,in the next week,any day this week,esta semana}'), ('weekend', '{weekend,weekends,this weekend,next weekend,fin de semana,este fin de semana,sat or sun,saturday or sunday,sat sun,sat and sun,saturday and sunday,saturday sunday}'),
    ('monday', '{monday,mondays,mon,lunes}'), ('tuesday', '{tuesday,tuesdays,tues,tue,martes}'), ('wednesday', '{wednesday,wednesdays,weds,wed,miercoles}'), ('thursday', '{thursday,thursdays,thurs,thur,thu,jueves}'),
    ('friday', '{friday,fridays,fri,viernes}'), ('saturday', '{saturday,saturdays,sat,sabado}'), ('sunday', '{sunday,sundays,sun,domingo}'),
    ('morning', '{morning,mornings,in the morning,forenoon,por la manana,en la manana}'), ('afternoon', '{afternoon,afternoons,por la tarde,en la tarde,tarde}'), ('evening', '{evening,evenings,after work,night,late in the day,late night,late at night,late evening,por la noche,noche}'),
    ('11-14', '{noon,at noon,midday,lunch,lunchtime,lunch time,lunch break}'), ('0-9', '{before work,early morning}'), ('0-12', '{before noon,by noon,until noon,before midday,before lunch}'), ('13-24', '{after lunch}')) t (means, words), unnest(words) word
union all
-- friday pm, thurs eve
select word || half, 'time', means || part
from (values ('today', '{today}'::text[]), ('tomorrow', '{tomorrow}'), ('monday', '{monday,mon}'), ('tuesday', '{tuesday,tues,tue}'), ('wednesday', '{wednesday,wed}'), ('thursday', '{thursday,thurs,thu}'), ('friday', '{friday,fri}'),
             ('saturday', '{saturday,sat}'), ('sunday', '{sunday,sun}')) d (means, words), unnest(words) word, (values (' am', ' morning'), (' pm', ' 12-24'), (' eve', ' evening')) h (half, part)
union all
-- in 3 days, two weeks from now
select format(form, said, case when n > 1 then unit || 's' else unit end), 'time', '+' || n * days
from unnest('{a,two,three,four,five,six,seven}'::text[]) with ordinality w (spelled, n) cross join unnest(array[spelled, n::text]) said
cross join (values ('day', 1), ('week', 7)) u (unit, days) cross join unnest('{in %s %s,%s %s from now,%s %s from today}'::text[]) form
on conflict (word) do update set sense = 'time', tags = '{}', means = excluded.means where vocabulary.sense in ('part', 'filler', 'other', 'time');
