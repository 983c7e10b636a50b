-- Whom to call, by country. Where a country is missing here, or a number of one, the configuration's stand for it (emergency, urgent_line).

insert into emergency_number (country, emergency, urgent_line, helpline, basis) values
    ('US', '911', 'your doctor or urgent care', '1-888-373-7888', 'general knowledge'),
    ('CA', '911', '811', '1-833-900-1010', 'general knowledge'),
    ('GB', '999', '111', '08000 121 700', 'general knowledge'),
    ('AU', '000', '1800 022 222', '131 237', 'general knowledge'),
    ('NZ', '111', '0800 611 116', null, 'general knowledge')
on conflict (country) do update set emergency = excluded.emergency, urgent_line = excluded.urgent_line, helpline = excluded.helpline, basis = excluded.basis
where emergency_number.edited_at is null;

-- The European Union has one number.
insert into emergency_number (country, emergency, urgent_line, basis)
select country, '112', 'your doctor', 'general knowledge'
from unnest('{AT,BE,BG,CY,CZ,DE,DK,EE,ES,FI,FR,GR,HR,HU,IE,IT,LT,LU,LV,MT,NL,PL,PT,RO,SE,SI,SK}'::text[]) country
on conflict (country) do update set emergency = excluded.emergency, urgent_line = excluded.urgent_line, basis = excluded.basis where emergency_number.edited_at is null;
