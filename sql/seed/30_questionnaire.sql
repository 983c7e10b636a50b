-- Version 1 of the questionnaire, to be read and judged by a clinician: 31_questions.sql has what is asked, 32_rules.sql what follows from the answers. It is
-- loaded once, where there is no version yet; from then on it is changed by making a draft of it in the operator's area. Nobody has signed it: the site says so
-- until an operator records who did.

insert into questionnaire (version, made_by, note)
select 1, 'seed', 'The first version, as it came with the program.' where not exists (select from questionnaire);

-- What 31 and 32 are written with. Each does nothing once the version is published.
create or replace function pg_temp.version() returns int language sql as $$
    select version from questionnaire where version = 1 and state = 'draft' and made_by = 'seed' $$;

create or replace function pg_temp.page(section text, page int, title text, about text default null) returns void language sql as $$
    insert into questionnaire_page (version, section, page, title, about)
    select v, $1, $2, $3, $4 from pg_temp.version() v where v is not null $$;

-- Options: a line each, `short_name: Words`, with ! after the name of one that is chosen alone.
create or replace function pg_temp.question(id text, section text, page int, kind text, ask text, missing text, required boolean default false, hint text default null,
    plain text default null, sign text default null, signs int default null, harmless text default null, shown text default null, low int default null, high int default null,
    unit text default null, basis text default null, options text default null) returns void language sql as $$
    insert into question (version, id, section, page, position, kind, required, ask, hint, missing, plain, sign, signs, harmless, shown, low, high, unit, basis)
    select v, $1, $2, $3, (select count(*) + 1 from question q where q.version = v and q.section = $2 and q.page = $3), $4, $7, $5, $8, $6, $9, $10, $11, $12, $13, $14, $15, $16, $17
    from pg_temp.version() v where v is not null;
    insert into question_option (version, question, slug, position, label, alone)
    select v, $1, (m)[1], n, (m)[3], (m)[2] = '!'
    from pg_temp.version() v, regexp_matches($18, '^\s*([a-z0-9_]+)(!?): (.+)$', 'gn') with ordinality x (m, n) where v is not null $$;

create or replace function pg_temp.rule(id text, outcome text, reason text, client text, basis text, fires text default null, urgency text default null, raised_fires text default null,
    raised_urgency text default null, raised_text text default null, is_default boolean default false, lowers boolean default false, cleared_by text default null,
    written boolean default false, self boolean default false, stay_active boolean default false, therapist text default null, pressure int default null,
    pressure_where text default null, duration int default null, exclude text[] default '{}', avoid text[] default '{}', lying text[] default '{}', product text[] default '{}',
    require text[] default '{}', confirm boolean default false, precall boolean default false, guardian text default null, not_before text default null) returns void language sql as $$
    insert into safety_rule (version, id, position, outcome, reason, client_text, basis, fires, urgency, raised_fires, raised_urgency, raised_text, is_default, lowers, cleared_by, written, self,
                             stay_active, therapist_text, pressure_max, pressure_where, duration_max, exclude, avoid, positions, products, require, confirm, precall, guardian, not_before)
    select v, $1, (select count(*) + 1 from safety_rule r where r.version = v), $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15,
           $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29
    from pg_temp.version() v where v is not null $$;

-- The words of limits. Techniques and trainings are those that therapists can have.
insert into questionnaire_term (version, kind, slug, position, label)
select v, case t.kind when 'technique' then 'exclude' else 'require' end, t.slug, row_number() over (partition by t.kind order by t.position, t.id), t.label
from pg_temp.version() v, tag t where t.kind in ('technique', 'specialism') and t.retired_at is null and v is not null;
insert into questionnaire_term (version, kind, slug, position, label)
select v, kind, slug, row_number() over (partition by kind), label
from pg_temp.version() v, (values
    ('avoid', '@H06a', 'Where the skin is sore'),
    ('avoid', 'abdomen', 'Belly'),
    ('avoid', 'anterior_neck', 'Front of the neck'),
    ('avoid', 'bone_sites', 'Where bone is weakened'),
    ('avoid', 'device_site', 'Around the device'),
    ('avoid', 'fracture_site', 'Around the broken bone'),
    ('avoid', 'head', 'Head'),
    ('avoid', 'inflamed_joints', 'Inflamed joints'),
    ('avoid', 'legs', 'Legs'),
    ('avoid', 'legs_deep', 'Deep work on the legs'),
    ('avoid', 'low_back', 'Low back'),
    ('avoid', 'low_back_deep', 'Deep work on the low back'),
    ('avoid', 'neck', 'Neck'),
    ('avoid', 'neck_forced_movement', 'Forced movement of the neck'),
    ('avoid', 'patch_site', 'Where a patch or numbing cream is'),
    ('avoid', 'percussion_near_device', 'Percussion tools near the device'),
    ('avoid', 'surgery_site', 'Where the operation was'),
    ('avoid', 'surgery_site_deep', 'Deep work where the operation was'),
    ('avoid', 'varicose_areas', 'Varicose veins'),
    ('position', 'side_lying', 'Lying on the side'),
    ('position', 'side_lying_or_seated', 'Lying on the side, or seated'),
    ('product', 'allergen_free', 'Free of what the client is allergic to'),
    ('product', 'unscented', 'Plain and unscented')) x (kind, slug, label)
where v is not null;
