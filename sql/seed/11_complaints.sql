-- What people come with. What is suggested for each, and on what evidence, is in 13_guidance.sql.

insert into tag (id, kind, position, slug, label, about, basis)
select 200 + n, 'complaint', n, slug, label, about, basis from (values
    (0, 'neck-pain', 'Neck pain', 'Soreness or stiffness between the head and the shoulders.', 'general knowledge'),
    (1, 'upper-back', 'Pain between the shoulders', 'Ache or tightness around the shoulder blades.', 'general knowledge'),
    (2, 'mid-back', 'Mid-back pain', 'Pain behind the ribs, below the shoulder blades.', 'general knowledge'),
    (3, 'low-back', 'Low back pain', 'Pain between the lowest ribs and the buttocks. Most of it has no single disease behind it.', 'World Health Organization, 2023'),
    (4, 'sciatica', 'Sciatica and pain down the leg', 'Pain that runs from the back or buttock into the leg, often with tingling.', 'general knowledge'),
    (5, 'pregnancy', 'Back pain in pregnancy', 'Pain in the low back or pelvis while pregnant.', 'general knowledge'),
    (6, 'chronic-tension', 'Long-lasting tension and knots', 'Muscles that have been tight or knotted for more than three months.', 'general knowledge'),
    (7, 'spasm', 'Muscle spasm', 'A muscle that tightens by itself, hurts and will not let go.', 'general knowledge'),
    (8, 'trigger-spot', 'Pain in one spot', 'One sore place that you can point to with a finger.', 'general knowledge'),
    (9, 'stiffness', 'Stiffness', 'Movements that do not go as far as they used to.', 'general knowledge'),
    (10, 'after-injury', 'Recovery after a back injury', 'Getting back to normal after a strain, a fall or an accident.', 'general knowledge'),
    (11, 'acute-strain', 'Fresh strain or sprain', 'A pulled muscle or ligament, less than four weeks ago.', 'general knowledge'),
    (12, 'arthritis', 'Arthritis of the spine', 'Worn or inflamed joints of the back or neck.', 'general knowledge'),
    (13, 'scoliosis', 'Scoliosis', 'A spine that curves to the side.', 'general knowledge'),
    (14, 'posture-desk', 'Back pain from desk work', 'Pain that comes with long sitting or one posture all day.', 'general knowledge'),
    (15, 'older-frail', 'Back pain in older or frail people', 'Pain in later life, or with thin bones or little strength.', 'general knowledge'),
    (16, 'stress-sleep', 'Stress and poor sleep', 'A back that tightens with worry, or that keeps you awake.', 'general knowledge')
    ) x (n, slug, label, about, basis) order by n
on conflict (kind, slug) do update set label = excluded.label, about = excluded.about, basis = excluded.basis, position = excluded.position
    where tag.edited_at is null;
