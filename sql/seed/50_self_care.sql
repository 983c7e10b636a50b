-- The self-care library: what a therapist can put into a home plan. Suggestions, not treatment. `about` is what the client reads; in guidance `plan` is how
-- often, where nothing else is said, `careful` when not, `evidence` and `basis` how sure anybody is of it and where that comes from. Ids from 900.

insert into tag_kind (kind, label, ask, stated_of, one, in_filters, topic, position) values
    ('self_care', 'Self-care library', 'What can somebody do at home?', 'person', false, false, '', 250)
on conflict (kind) do update set label = excluded.label, ask = excluded.ask, stated_of = excluded.stated_of, one = excluded.one, in_filters = excluded.in_filters,
    topic = excluded.topic, position = excluded.position where tag_kind.edited_at is null;

create temp table library (n, slug, part, label, about, plan, careful, evidence, basis) as values
    (0, 'keep-moving', 'Moving', 'Keep moving',
        'Go on with your usual days as well as you can, and with work if you can. Rest for a short while when you need it, then get up again. A little soreness when you move is no harm.',
        'Every day', 'Not after a fall or a hit that has not been checked.',
        'Recommended: most recent back pain gets better by itself, and moving helps more than bed', 'American College of Physicians 2017; that it helps more than bed: general knowledge'),
    (1, 'walk', 'Moving', 'Go for a walk',
        'Start with a time that is easy, such as five or ten minutes on flat ground. Add a minute or two every few days. Stop while it still feels fine.',
        'Once or twice a day', 'Turn back when a leg gets weak or numb, and tell a doctor.',
        'Exercise is a first choice for back pain that lasts; no kind is clearly the best', 'exercise: American College of Physicians 2017; the minutes: general knowledge'),
    (2, 'knee-rolls', 'Moving', 'Knee rolls',
        'Lie on your back with your knees bent and your feet flat. Let both knees sink slowly to one side, only as far as is comfortable, and back. Then the other side. Breathe on.',
        '10 times to each side, once or twice a day', 'Not with new pain, tingling or weakness in a leg, and not soon after an operation on the spine.',
        'Exercise helps back pain that lasts; this movement by itself has not been studied well', 'exercise: American College of Physicians 2017; the movement: general knowledge'),
    (3, 'pelvic-tilts', 'Moving', 'Pelvic tilts',
        'Lie on your back with your knees bent. Gently press the small of your back to the floor, hold for three breaths, and let go.',
        '10 times, once a day', 'Stop when it sends pain down a leg.',
        'Exercise helps back pain that lasts; this movement by itself has not been studied well', 'exercise: American College of Physicians 2017; the movement: general knowledge'),
    (4, 'strength', 'Moving', 'Get stronger, slowly',
        'Two or three simple exercises for legs and trunk, such as rising from a chair without your hands. Begin with few and add one each week. A physical therapist can choose them with you.',
        'Two or three days a week', 'With thin bones, heart trouble or in pregnancy ask a doctor or midwife first.',
        'Exercise is a first choice for back pain that lasts; massage is best used beside it', 'American College of Physicians 2017; NICE guideline NG59'),
    (5, 'class', 'Moving', 'A class: yoga or tai chi',
        'A slow class for beginners. Say at the start that you have back pain, and leave out what hurts.',
        'Once or twice a week', 'With thin bones or loose joints tell the teacher first.',
        'Yoga and tai chi are first choices for back pain that lasts (low certainty)', 'American College of Physicians 2017; the certainty: general knowledge'),
    (6, 'heat', 'Easing', 'Warmth on the sore place',
        'A warm pack, or a hot-water bottle in a towel. Pleasantly warm, never hot. Take it off before you sleep.',
        '15 to 20 minutes, up to three times a day', 'Not on skin that feels little, on a wound or rash, over a medicine patch, or on a fresh swelling.',
        'Fair evidence for recent pain (under 12 weeks)', 'American College of Physicians 2017; the minutes: general knowledge'),
    (7, 'breathing', 'Easing', 'Slow breathing',
        'Sit or lie at ease. Breathe in while you count to four, out while you count to six. When your thoughts wander, come back to counting.',
        '5 minutes, once or twice a day', '',
        'Mindfulness is a first choice for back pain that lasts; a few minutes of breathing have not been studied well', 'mindfulness: American College of Physicians 2017; the exercise: general knowledge'),
    (8, 'relax', 'Easing', 'Tense and let go',
        'Lie down. Tense one part of the body for five seconds, feet first, then let it go for fifteen. Go up to your face. Leave out what hurts.',
        'Once a day, for instance in bed', '',
        'Learning to relax is among the first choices for back pain that lasts (low certainty)', 'American College of Physicians 2017, from memory: general knowledge'),
    (9, 'change-position', 'Every day', 'Change position often',
        'No way of sitting is right for hours. Stand up, walk a few steps or shift, and set a timer if you forget.',
        'Every 30 to 45 minutes', '', 'Practice experience only', 'general knowledge'),
    (10, 'lifting', 'Every day', 'Less at a time',
        'Split heavy things into smaller loads and hold them close to you. Lifting is not forbidden: start light and build up.',
        'When you lift or carry', 'Not in the first weeks after an operation, but as the surgeon says.', 'Practice experience only', 'general knowledge'),
    (11, 'sleep', 'Every day', 'Sleep in comfort',
        'On your side with a pillow between your knees, or on your back with one under your knees. Go to bed and get up at the same times.',
        'Every night', '', 'Practice experience only', 'general knowledge'),
    (12, 'after-massage', 'Every day', 'When you are sore after massage',
        'Some people are sore for a day or two. Take it a little easier, keep moving, and use warmth if you like it. Tell me at the next visit.',
        'For a day or two', 'Sore for longer, or a new weakness or numbness: see a doctor.',
        'In one study 10 in 100 people had some discomfort, mostly gone within 36 hours', 'Cambron 2007, 91 people');

insert into tag (id, kind, position, slug, label, about, part, basis)
select 900 + n, 'self_care', n, slug, label, about, part, basis from library order by n
on conflict (kind, slug) do update set label = excluded.label, about = excluded.about, part = excluded.part, basis = excluded.basis, position = excluded.position where tag.edited_at is null;
insert into guidance (tag_id, plan, careful, evidence, basis)
select t.id, l.plan, l.careful, l.evidence, l.basis from library l join tag t on t.kind = 'self_care' and t.slug = l.slug
on conflict (tag_id) do update set plan = excluded.plan, careful = excluded.careful, evidence = excluded.evidence, basis = excluded.basis where guidance.edited_at is null;
drop table library;
