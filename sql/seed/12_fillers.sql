-- Words of the vocabulary that are no values: what narrows nothing here, what no search here asks by, and days, parts of the day and hours.

insert into vocabulary (word, sense)
select distinct word, 'filler' from unnest(string_to_array(
    'massage massages massaged massaging masseuse masseur rub bodywork session sessions treatment treatments treat treats therapy therapies therapist therapists '
    'practitioner practitioners professional specialist specialists expert experts clinic clinics studio '
    'back backs backache spine pain pains painful ache aches aching achy hurt hurts hurting sore soreness bad relief relieve problem problems issue issues trouble '
    'severe terrible really very body full muscle muscles nerve bone bones joint joints area side left right '
    'a an the my your our his her their this these that those it its i im me we us he she they you one any anyone anybody some someone somebody who what which how '
    'is are am was be been being do does did can could will would should has have had get got give gives need needs needed want wants wanted like looking look '
    'find search help helps helping good great best top better nice kind right please thanks thank hi hello '
    'for of with without and or not but also in on at by to from near nearby around within close next last due because since when where while after before during '
    'if so as than then there here local town city place places open opening available availability free appointment appointments slot slots book booking '
    'reservation schedule time times day days week hour hours minute minutes now asap soon soonest new old '
    'speak speaks speaking language cost costs price prices affordable pay much many more less only just even too up out off about between around again ever always every '
    'all everything everybody everyone anything nothing nobody none other others rather instead both each into through down work works working feel feels feeling felt kill kills killing '
    'make makes made move moving lift give gives turn go going went come comes coming know think sure dr mr mrs ms mx wife husband mom mum mother dad father son daughter parent '
    'parents grandmother grandma grandfather grandpa niece nephew cousin friend friends friendly welcome take takes wrong burning stabbing dull sharp throbbing constant sudden intense mild torn gave threw straight downtown earliest getting rid stop stops away already dont doesnt isnt cannot cant couldnt wont never im ive family year years month months weeks first second third 1st 2nd 3rd am pm '
    'under over below above max maximum dollar dollars usd bucks no stand standing walk walking sleep sleeping bed bend bending lie lying wake waking '
    'masaje masajes terapeuta dolor espalda duele necesito busco quiero para con cerca tengo', ' ') || '{dolor de espalda,dolor en la espalda,me duele la espalda,la espalda,de espalda}') word
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
        'cheap cheaper cheapest inexpensive star stars rated rating ratings review reviews reviewed recommended popular '
        'needle needles period experienced experience gift gifts birthday valentines student military parkinsons parkinson diabetes broken survivor  quiet silent silence talk talking chat music vegan hair oil black asian christian muslim jewish catholic '
        'yesterday weekday weekdays weekly monthly christmas thanksgiving easter', ' ')) as word
    union all
    select unnest('{physical therapist,physical therapy,dry needling,hot tub,gift card,gift cards,gift certificate,happy ending,workers comp,worker s comp,workers compensation,blue cross,walk in,walk ins,drop in,'
                  'tennis elbow,carpal tunnel,plantar fasciitis,rotator cuff,it band,top rated,highly rated,levator scapulae,mothers day,fathers day,last week,last night,last month,next month,every day,every week,new year,new years}'::text[])) x
on conflict (word) do update set sense = 'other', tags = '{}', means = '' where vocabulary.sense in ('part', 'filler');

insert into vocabulary (word, sense, means)
select word, 'time', means from (values
    ('today', '{today,right now,same day,as soon as possible,open now,hoy}'::text[]), ('today evening', '{tonight,this evening}'), ('today morning', '{this morning}'),
    ('today afternoon', '{this afternoon}'), ('tomorrow', '{tomorrow,tmrw,tmr,tomo}'), ('overmorrow', '{day after tomorrow,the day after tomorrow}'), ('tomorrow evening', '{tomorrow night}'),
    ('week', '{this week,next week,next 7 days,within a week,in the next week,any day this week}'), ('weekend', '{weekend,weekends,this weekend,next weekend}'),
    ('monday', '{monday,mondays,mon}'), ('tuesday', '{tuesday,tuesdays,tues,tue}'), ('wednesday', '{wednesday,wednesdays,weds,wed}'), ('thursday', '{thursday,thursdays,thurs,thur,thu}'),
    ('friday', '{friday,fridays,fri}'), ('saturday', '{saturday,saturdays,sat}'), ('sunday', '{sunday,sundays,sun}'),
    ('morning', '{morning,mornings,in the morning,forenoon}'), ('afternoon', '{afternoon,afternoons}'), ('evening', '{evening,evenings,after work,night,late in the day}'),
    ('11-14', '{noon,at noon,midday,lunch,lunchtime,lunch time,lunch break}'), ('0-9', '{before work,early morning}'), ('0-12', '{before noon,by noon,until noon,before midday,before lunch}'), ('13-24', '{after lunch}')) t (means, words), unnest(words) word
on conflict (word) do update set sense = 'time', tags = '{}', means = excluded.means where vocabulary.sense in ('part', 'filler', 'time');
