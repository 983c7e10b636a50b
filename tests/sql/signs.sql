-- Warning signs in what somebody types into the search box.
\set QUIET 1
\pset format unaligned
\pset tuples_only true
begin;
select no_plan();

select ok(signs_said(x), x) from unnest(array[
    'numb between the legs', 'Numbness between my thighs', 'no feeling in my groin', 'tingling around the anus', 'saddle anesthesia', 'both legs numb',
    'numb legs can''t pee', 'cannot urinate', 'trouble passing urine', 'incontinence', 'leaking pee',
    'loss of bladder control', 'bowel accidents', 'cauda equina',
    'my leg is weak', 'weakness in left leg', 'leg giving way', 'foot drop',
    'back pain with fever', 'night sweats', 'chest pain', 'can''t breathe', 'swollen calf', 'DVT', 'slurred speech']) x;

select ok(not signs_said(x), x) from unnest(array[
    'low back pain', 'sciatica', 'leg pain', 'pain down the leg', 'tight legs', 'numb toes', 'pregnancy', 'Thai, long strokes', 'weak back', 'pelvic floor',
    'chest and shoulders', 'no oil', 'Rosa Control', 'deep tissue', 'stiff in the morning', 'swelling after surgery', '', '🤕', repeat('numb ', 5000)]) x;

-- they are nobody's name, and all that is typed beside them still counts
select is((a).signs::text || coalesce((a).name, ''), 'true', 'no name') from (select directory_asked('numb legs can''t pee', null, null, null, null, null, null, null, null, null, null, '{}') as a) x;
select is((a).signs::text || array_to_string((a).slugs, ' '), 'truelow-back', 'the complaint') from (select directory_asked('low back pain, fever', null, null, null, null, null, null, null, null, null, null, '{}') as a) x;
select is((directory_search('chest pain', null, null, null, null, null, null, null, null, null, null, '{}', false, null, null, 0)::json ->> 'signs'), 'true', 'the document says so');
select is((directory_search('low back', null, null, null, null, null, null, null, null, null, null, '{}', false, null, null, 0)::json ->> 'signs'), 'false', 'or not');

select * from finish();
rollback;
