-- What therapists say of themselves beside their work: languages, whom they treat, how they are paid.

insert into tag (id, kind, position, slug, label, about)
select 600 + n, 'language', n, slug, label, about from (values
    (0, 'en', 'English', ''), (1, 'es', 'Spanish (Español)', ''), (2, 'zh', 'Mandarin Chinese (普通话)', ''), (3, 'yue', 'Cantonese (廣東話)', ''),
    (4, 'tl', 'Tagalog (Filipino)', ''), (5, 'vi', 'Vietnamese (Tiếng Việt)', ''), (6, 'ar', 'Arabic (العربية)', ''), (7, 'fr', 'French (Français)', ''),
    (8, 'ko', 'Korean (한국어)', ''), (9, 'ru', 'Russian (Русский)', ''), (10, 'pt', 'Portuguese (Português)', ''), (11, 'ht', 'Haitian Creole (Kreyòl ayisyen)', ''),
    (12, 'hi', 'Hindi (हिन्दी)', ''), (13, 'de', 'German (Deutsch)', ''), (14, 'pl', 'Polish (Polski)', ''), (15, 'it', 'Italian (Italiano)', ''),
    (16, 'ja', 'Japanese (日本語)', ''), (17, 'ur', 'Urdu (اردو)', ''), (18, 'fa', 'Persian (فارسی)', ''), (19, 'gu', 'Gujarati (ગુજરાતી)', ''),
    (20, 'bn', 'Bengali (বাংলা)', ''), (21, 'pa', 'Punjabi (ਪੰਜਾਬੀ)', ''), (22, 'te', 'Telugu (తెలుగు)', ''), (23, 'ta', 'Tamil (தமிழ்)', ''),
    (24, 'th', 'Thai (ไทย)', ''), (25, 'el', 'Greek (Ελληνικά)', ''), (26, 'he', 'Hebrew (עברית)', ''), (27, 'uk', 'Ukrainian (Українська)', ''),
    (28, 'hy', 'Armenian (Հայերեն)', ''), (29, 'nl', 'Dutch (Nederlands)', ''), (30, 'sv', 'Swedish (Svenska)', ''), (31, 'so', 'Somali (Soomaali)', ''),
    (32, 'am', 'Amharic (አማርኛ)', ''), (33, 'sw', 'Swahili (Kiswahili)', ''), (34, 'tr', 'Turkish (Türkçe)', ''), (35, 'ro', 'Romanian (Română)', ''),
    (36, 'hu', 'Hungarian (Magyar)', ''), (37, 'cs', 'Czech (Čeština)', ''), (38, 'hmn', 'Hmong (Hmoob)', ''), (39, 'km', 'Khmer (ខ្មែរ)', ''),
    (40, 'ne', 'Nepali (नेपाली)', ''), (41, 'nv', 'Navajo (Diné bizaad)', ''), (42, 'ase', 'American Sign Language', 'The whole visit in sign language.'))
    x (n, slug, label, about) order by n
on conflict (kind, slug) do update set label = excluded.label, about = excluded.about, position = excluded.position where tag.edited_at is null;

insert into tag (id, kind, position, slug, label, about, basis)
select first + n, kind, n, slug, label, about, 'general knowledge' from (values
    (700, 'gender', 0, 'woman', 'Woman', ''),
    (700, 'gender', 1, 'man', 'Man', ''),
    (700, 'gender', 2, 'nonbinary', 'Non-binary', ''),
    (710, 'age', 0, 'children', 'Babies and children', 'Up to 12 years. A parent stays in the room.'),
    (710, 'age', 1, 'teenagers', 'Teenagers', '13 to 17 years. A parent or guardian agrees in writing.'),
    (710, 'age', 2, 'adults', 'Adults', '18 to 64 years.'),
    (710, 'age', 3, 'older_adults', 'Older adults', 'From 65 years.'),
    (720, 'payment', 0, 'card', 'Card', ''),
    (720, 'payment', 1, 'cash', 'Cash', ''),
    (720, 'payment', 2, 'hsa_fsa_receipt', 'Receipt for HSA or FSA', 'A receipt with which you can ask your health savings or spending account for the money.'),
    (720, 'payment', 3, 'insurance_receipt', 'Receipt for insurance', 'A receipt to hand in. Whether anything is paid back is your insurer’s decision.'),
    (720, 'payment', 4, 'sliding_scale', 'Lower price for low income', 'The price follows what you can pay. Ask before the visit.'),
    (720, 'payment', 5, 'package', 'Packages of visits', 'Several visits paid together. What you do not use should be paid back.'),
    (730, 'inclusion', 0, 'lgbtq_affirming', 'LGBTQ+ affirming', 'Your name, pronouns and partner are welcome here.'),
    (730, 'inclusion', 1, 'trauma_aware', 'Careful with trauma', 'Every step is said before it is done, and you can stop at any time.'),
    (730, 'inclusion', 2, 'body_size_friendly', 'Every body size', 'A wide table made for heavy loads, and no remarks.'))
    x (first, kind, n, slug, label, about) order by first, n
on conflict (kind, slug) do update set label = excluded.label, about = excluded.about, basis = excluded.basis, position = excluded.position where tag.edited_at is null;
