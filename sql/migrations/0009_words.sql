-- Finding what somebody means in spite of a slip: in the words for what is asked, in names and in towns. Each vocabulary keeps, beside a word, its first
-- six letters and these with each one left out, and how it sounds: a word typed with one letter wrong, missing, doubled or out of order shares one of
-- these with the word that was meant, so that it is found by a few exact look-ups, however large the vocabulary. Six letters, because a slip after them
-- changes none of these, and because few different keys make a small index.

create extension if not exists fuzzystrmatch schema public;

create function slips(p_word text) returns text[]
    language plpgsql immutable strict parallel safe
    as $$
declare
    w text := left(replace(p_word, ' ', ''), 6);
begin
    return case when length(w) < 4 then array[w]
                else array[w, substr(w, 2), left(w, 1) || substr(w, 3), left(w, 2) || substr(w, 4), left(w, 3) || substr(w, 5), left(w, 4) || substr(w, 6), left(w, 5)] end;
end $$;
comment on function slips is 'the first six letters of a folded word or phrase without its spaces, and these with each left out once; nothing is left out of three';

-- What is asked for

create table vocabulary (
    word text collate "C" primary key,
    sense text not null check (sense in ('value', 'time', 'filler', 'part')),
    tags int[] not null default '{}' check ((sense = 'value') = (tags <> '{}')),
    means text not null default '' check ((sense = 'time') = (means <> '')),
    glued text collate "C" not null generated always as (replace(word, ' ', '')) stored,
    slips text[] collate "C" not null generated always as (slips(word)) stored,
    sound text collate "C" not null generated always as (public.dmetaphone(left(word, 100))) stored
);
comment on table vocabulary is 'folded words and phrases of what is asked for; values by vocabulary_follow() from term and the labels of tag';
comment on column vocabulary.sense is 'value: names values of taxonomies; time: a day or a part of one; filler: narrows nothing; part: only a word within a phrase';
comment on column vocabulary.means is 'of a time: today, tomorrow, week, weekend, monday … sunday, morning, afternoon, evening, or hours as 11-14; two of these with a space between';
create index vocabulary_slips on vocabulary using gin (slips) with (fastupdate = off);
create index vocabulary_glued on vocabulary (glued);
create index vocabulary_sound on vocabulary (sound);
create index vocabulary_trgm on vocabulary using gin (word public.gin_trgm_ops) with (fastupdate = off);
drop index term_trgm;

-- Names

create table therapist_name (
    therapist_id int primary key references therapist on delete cascade,
    words tsvector not null
);
comment on table therapist_name is 'words of the names of published therapists (see name_words()); kept by therapist_named(), made anew by names_rebuild()';
create index therapist_name_words on therapist_name using gin (words) with (fastupdate = off);

create table name_word (
    word text collate "C" primary key,
    uses int not null,
    slips text[] collate "C" not null generated always as (slips(word)) stored,
    sound text collate "C" not null generated always as (public.dmetaphone(word)) stored
);
comment on table name_word is 'every word of therapist_name and how many have it; kept by name_words_count()';
create index name_word_slips on name_word using gin (slips) with (fastupdate = off);
create index name_word_sound on name_word (sound);
create index name_word_trgm on name_word using gin (word public.gin_trgm_ops) with (fastupdate = off);

-- that was the name, folded, for likeness alone; its index goes with it
alter table listing_card drop column name_key;

-- Towns

create table town_known (
    country text not null,
    region text not null,
    name text not null,
    called text not null,
    people int not null check (people > 0),
    also text[] not null default '{}',
    primary key (country, region, name)
);
comment on table town_known is 'large towns: what a gazetteer without inhabitants cannot know';
comment on column town_known.name is 'as the gazetteer has it: Urban Honolulu';
comment on column town_known.called is 'as people call it: Honolulu';
comment on column town_known.also is 'folded short names: nyc';

alter table place add column importance int not null default 0, add column also text[] not null default '{}';
comment on column place.importance is 'about how many people live there, as place_weigh() knows or guesses: which of several towns of one name is meant';
comment on column place.also is 'other folded names';
create index place_also on place using gin (also) with (fastupdate = off) where also <> '{}';
create index place_spot on place using gist (point(lon, degrees(asinh(tan(radians(lat)))))) where kind = 'town';
drop index place_trgm;

create table town_word (
    word text collate "C" primary key,
    importance int not null,
    glued text collate "C" not null generated always as (replace(word, ' ', '')) stored,
    slips text[] collate "C" not null generated always as (slips(word)) stored,
    sound text collate "C" not null generated always as (public.dmetaphone(left(word, 100))) stored
);
comment on table town_word is 'every name of a town (place.key, place.also) and the importance of the largest that has it; made by place_weigh()';
create index town_word_slips on town_word using gin (slips) with (fastupdate = off);
create index town_word_glued on town_word (glued);
create index town_word_sound on town_word (sound);
create index town_word_trgm on town_word using gin (word public.gin_trgm_ops) with (fastupdate = off);

grant select on vocabulary, therapist_name, name_word, town_word to unknot_web;
