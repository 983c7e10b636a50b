-- Words of the vocabulary that are no values: what narrows nothing here, and days, parts of the day and hours.

insert into vocabulary (word, sense)
select distinct word, 'filler' from unnest(string_to_array(
    'massage massages massaged massaging masseuse masseur rub bodywork session sessions treatment treatments treat treats therapy therapies therapist therapists '
    'practitioner practitioners professional specialist specialists expert experts clinic clinics studio '
    'back backs backache spine pain pains painful ache aches aching achy hurt hurts hurting sore soreness bad relief relieve problem problems issue issues trouble '
    'severe terrible really very body full muscle muscles nerve bone bones joint joints area side left right '
    'head headache headaches migraine migraines jaw tmj chest rib ribs arm arms elbow elbows wrist wrists hand hands hip hips leg legs knee knees thigh thighs calf '
    'calves hamstring hamstrings glute glutes butt buttock buttocks ankle ankles foot feet toe toes finger fingers '
    'a an the my your our his her their this these that those it its i im me we us he she they you one any anyone anybody some someone somebody who what which how '
    'is are am was be been being do does did can could will would should has have had get got give gives need needs needed want wants wanted like looking look '
    'find search help helps helping good great best top better nice kind right please thanks thank hi hello '
    'for of with without and or not but also in on at by to from near nearby around within close next last due because since when where while after before during '
    'if so as than then there here local town city place places open opening available availability free appointment appointments slot slots book booking '
    'reservation schedule time times day days week hour hours minute minutes now asap soon soonest new old '
    'speak speaks speaking language cost price prices cheap cheaper cheapest affordable inexpensive budget pay '
    'under over below above max maximum dollar dollars usd bucks no stand standing walk walking sleep sleeping bed bend bending lie lying wake waking', ' ')) word
where word <> ''
on conflict (word) do update set sense = 'filler', tags = '{}', means = '' where vocabulary.sense = 'part';

insert into vocabulary (word, sense, means)
select word, 'time', means from (values
    ('today', '{today,right now,same day,as soon as possible}'::text[]), ('today evening', '{tonight,this evening}'), ('today morning', '{this morning}'),
    ('today afternoon', '{this afternoon}'), ('tomorrow', '{tomorrow,tmrw,tmr,tomo}'), ('tomorrow evening', '{tomorrow night}'),
    ('week', '{this week,next week,next 7 days,within a week,in the next week,any day this week}'), ('weekend', '{weekend,weekends,this weekend,next weekend}'),
    ('monday', '{monday,mondays,mon}'), ('tuesday', '{tuesday,tuesdays,tues,tue}'), ('wednesday', '{wednesday,wednesdays,weds,wed}'), ('thursday', '{thursday,thursdays,thurs,thur,thu}'),
    ('friday', '{friday,fridays,fri}'), ('saturday', '{saturday,saturdays,sat}'), ('sunday', '{sunday,sundays,sun}'),
    ('morning', '{morning,mornings,in the morning,forenoon}'), ('afternoon', '{afternoon,afternoons}'), ('evening', '{evening,evenings,after work,night,late in the day}'),
    ('11-14', '{noon,at noon,midday,lunch,lunchtime,lunch time,lunch break}'), ('0-9', '{before work,early morning}')) t (means, words), unnest(words) word
on conflict (word) do update set sense = 'time', tags = '{}', means = excluded.means where vocabulary.sense in ('part', 'filler', 'time');
