-- The questionnaire as data: what is asked, and the rules that judge the answers. One version is published, at most one is a draft; what was ever
-- published is never changed again, so that an answer can be judged for all time as it was on its day. The conditions are texts in a small language
-- (src/intake/condition.h) that the program compiles and checks.

create table questionnaire (
    version int primary key check (version > 0),
    state text not null default 'draft' check (state in ('draft', 'published', 'replaced')),
    based_on int references questionnaire,
    note text not null default '' check (length(note) <= 2000),
    made_at timestamptz not null default now(),
    made_by text not null check (length(made_by) between 1 and 200),
    published_at timestamptz,
    published_by text check (length(published_by) between 1 and 200),
    signed_name text check (length(signed_name) between 1 and 200),
    signed_profession text check (length(signed_profession) between 1 and 200),
    signed_on date,
    check ((state = 'draft') = (published_at is null) and (published_at is null) = (published_by is null)),
    check ((signed_on is null) = (signed_name is null) and (signed_on is null) = (signed_profession is null) and (signed_on is null or state <> 'draft'))
);
comment on table questionnaire is 'versions; signed_* say which clinician answers for one, and until then every page about the rules says that nobody has signed';
create unique index questionnaire_published on questionnaire (state) where state = 'published';
create unique index questionnaire_draft on questionnaire (state) where state = 'draft';

create table questionnaire_page (
    version int not null references questionnaire on delete cascade,
    section text not null check (section ~ '^S[1-7]$'),
    page smallint not null check (page between 1 and 60),
    title text not null check (length(title) between 1 and 120),
    about text check (length(about) between 1 and 600),
    primary key (version, section, page)
);

create table question (
    version int not null,
    id text not null check (id ~ '^[A-Z]{1,2}[0-9]{2}[a-z]?(_[a-z0-9]+)*$' and length(id) <= 40),
    section text not null,
    page smallint not null,
    position smallint not null,
    kind text not null check (kind in ('choice', 'multi', 'areas', 'number', 'date', 'text', 'accept')),
    required boolean not null default false,
    ask text not null check (length(ask) between 1 and 600),
    hint text check (length(hint) between 1 and 800),
    missing text not null check (length(missing) between 1 and 300),
    plain text check (length(plain) between 1 and 200),
    sign text check (length(sign) between 1 and 400),
    signs smallint check (signs in (1, 2)),
    harmless text,
    unit text check (length(unit) between 1 and 40),
    low int,
    high int,
    shown text check (length(shown) between 1 and 2000),
    basis text check (length(basis) between 1 and 600),
    primary key (version, id),
    foreign key (version, section, page) references questionnaire_page on update cascade on delete cascade,
    check (signs is null or sign is not null),
    check (kind <> 'number' or (low is not null and high >= low)),
    check (kind in ('number', 'text') or (low is null and high is null and unit is null)),
    check (harmless is null or kind = 'choice')
);
comment on table question is 'in the order of section, page, position';
comment on column question.missing is 'what to do when there is no answer';
comment on column question.plain is 'what it is about, in a note for a clinician';
comment on column question.sign is 'the same as something to tick in a list, by somebody without a booking; signs says in which list: 1 may be for today, 2 a doctor should see it';
comment on column question.harmless is 'the option that says all is well';
comment on column question.low is 'of a number: the least; high: the greatest, of a text how many characters';
comment on column question.shown is 'the condition under which it is asked; null: always';

create table question_option (
    version int not null,
    question text not null,
    slug text not null check (slug ~ '^[a-z][a-z0-9]*(_[a-z0-9]+)*$' and length(slug) <= 40 and slug not in ('and', 'or', 'not', 'count', 'any')),
    position smallint not null,
    label text not null check (length(label) between 1 and 200),
    alone boolean not null default false,
    primary key (version, question, slug),
    foreign key (version, question) references question on update cascade on delete cascade
);
comment on column question_option.alone is 'not together with others: none of these, in_person';

create table questionnaire_term (
    version int not null references questionnaire on delete cascade,
    kind text not null check (kind in ('exclude', 'avoid', 'position', 'product', 'require')),
    slug text not null check (length(slug) between 1 and 60),
    position smallint not null,
    label text not null check (length(label) between 1 and 160),
    primary key (version, kind, slug)
);
comment on table questionnaire_term is 'the words of limits: techniques that are left out, places that are not touched, ways to lie, products, trainings. avoid @H06a: the places that were chosen in that question';

create table safety_rule (
    version int not null references questionnaire on delete cascade,
    id text not null check (id ~ '^[A-Z]{1,2}-[A-Za-z0-9]{1,12}$'),
    position smallint not null,
    fires text check (length(fires) between 1 and 2000),
    outcome text not null check (outcome in ('PROCEED', 'MODIFY', 'CLEARANCE', 'STOP')),
    urgency text check (urgency in ('emergency', 'same_day', 'soon')),
    raised_fires text check (length(raised_fires) between 1 and 2000),
    raised_urgency text check (raised_urgency in ('emergency', 'same_day', 'soon')),
    raised_text text check (length(raised_text) between 1 and 1000),
    is_default boolean not null default false,
    lowers boolean not null default false,
    written boolean not null default false,
    self boolean not null default false,
    stay_active boolean not null default false,
    cleared_by text check (length(cleared_by) between 1 and 200),
    reason text not null check (length(reason) between 1 and 400),
    client_text text not null check (length(client_text) between 1 and 1000),
    therapist_text text check (length(therapist_text) between 1 and 1000),
    basis text not null check (length(basis) between 1 and 600),
    pressure_max smallint check (pressure_max between 1 and 5),
    pressure_where text check (length(pressure_where) between 1 and 60),
    duration_max smallint check (duration_max between 15 and 240),
    exclude text[] not null default '{}',
    avoid text[] not null default '{}',
    positions text[] not null default '{}',
    products text[] not null default '{}',
    require text[] not null default '{}',
    confirm boolean not null default false,
    precall boolean not null default false,
    guardian text check (guardian in ('consent', 'present')),
    not_before text check (not_before in ('48h', 'next_day', 'clear')),
    primary key (version, id),
    check (is_default = (fires is null)),
    check (outcome <> 'STOP' or urgency is not null),
    check ((raised_fires is null) = (raised_urgency is null) and (raised_text is null or raised_fires is not null)),
    check (pressure_where is null or pressure_max is not null)
);
comment on table safety_rule is 'in the order of position';
comment on column safety_rule.fires is 'the condition; null: it fires when no other does';
comment on column safety_rule.lowers is 'it makes MODIFY of what a clinician''s word can lower';
comment on column safety_rule.written is 'a clinician''s word is not enough: the note itself is needed';
comment on column safety_rule.self is 'time or the person lifts it, not a clinician';
comment on column safety_rule.stay_active is 'moving, warmth and rest are safe advice while waiting for the clinician';
comment on column safety_rule.basis is 'where it comes from: "sourced: …", "general knowledge", "our judgement"';
comment on column safety_rule.pressure_where is 'the limit of pressure holds there only: shown, not merged with the others';
create unique index safety_rule_default on safety_rule (version) where is_default;
create unique index safety_rule_lowers on safety_rule (version) where lowers;

create table questionnaire_case (
    name text primary key check (length(name) between 1 and 160),
    position int not null,
    answers jsonb not null check (jsonb_typeof(answers) = 'object'),
    today date not null,
    note_on date,
    call_on date,
    outcome text not null check (outcome in ('PROCEED', 'MODIFY', 'CLEARANCE', 'STOP')),
    urgency text check (urgency in ('emergency', 'same_day', 'soon')),
    rules text[] not null check (cardinality(rules) > 0),
    pressure_max smallint check (pressure_max between 1 and 5),
    must_hold boolean not null default true,
    edited_at timestamptz,
    edited_by text
);
comment on table questionnaire_case is 'what must come out of given answers, thought out by hand; a draft is tried against all of them before it is published';
comment on column questionnaire_case.answers is '{question: option, [options], number, date or text}; what is not named was not answered, and nothing is missing because of that';
comment on column questionnaire_case.note_on is 'day of a clinician''s note; call_on: of a call that the therapist recorded';
comment on column questionnaire_case.rules is 'ids of exactly the rules that fire, in any order';
comment on column questionnaire_case.pressure_max is 'the merged limit; null: there is none';
comment on column questionnaire_case.must_hold is 'no version is published under which it does not';

create table emergency_number (
    country text primary key check (country ~ '^[A-Z]{2}$'),
    emergency text not null check (length(emergency) between 1 and 40),
    urgent_line text check (length(urgent_line) between 1 and 120),
    helpline text check (length(helpline) between 1 and 120),
    basis text not null,
    edited_at timestamptz
);
comment on table emergency_number is 'whom to call, by country; where a country or a number is missing, the configuration''s are shown';
comment on column emergency_number.helpline is 'against trafficking and exploitation';

-- --- Everybody reads what was published; a draft, and the cases, only an operator. Writing is by functions only.

alter table questionnaire enable row level security;
alter table questionnaire force row level security;
create policy owner_all on questionnaire to unknot_owner using (true) with check (true);
create policy published on questionnaire for select to unknot_web using (state <> 'draft' or (select auth.is_operator()));
do $$
declare
    t text;
begin
    foreach t in array array['questionnaire_page', 'question', 'question_option', 'questionnaire_term', 'safety_rule'] loop
        execute format('alter table %I enable row level security', t);
        execute format('alter table %I force row level security', t);
        execute format('create policy owner_all on %I to unknot_owner using (true) with check (true)', t);
        execute format('create policy published on %I for select to unknot_web using (version in (select version from questionnaire))', t);
    end loop;
end $$;
alter table questionnaire_case enable row level security;
alter table questionnaire_case force row level security;
create policy owner_all on questionnaire_case to unknot_owner using (true) with check (true);
create policy operator on questionnaire_case for select to unknot_web using ((select auth.is_operator()));
grant select on questionnaire, questionnaire_page, question, question_option, questionnaire_term, safety_rule, questionnaire_case, emergency_number to unknot_web;
