-- How much alike two folded words or phrases are, in the eye of somebody who types: 1 the same, 0.9 one slip in ten letters, below 0.6 another word.
-- Spaces do not count ("deeptissue"), two neighbours out of order are one slip, a doubled letter is half of one, and what sounds the same is nearer.

create or replace function undoubled(p text) returns text
    language sql immutable strict parallel safe
    as $$ select regexp_replace(p, '(.)\1+', '\1', 'g') $$;

create or replace function distance(p_typed text, p_word text) returns real
    language plpgsql immutable strict parallel safe
    as $$
declare
    d real := levenshtein(p_typed, p_word);
begin
    if d = 2 and length(p_typed) = length(p_word) then
        for i in 1..length(p_word) - 1 loop
            if substr(p_typed, i, 1) <> substr(p_word, i, 1) then
                if substr(p_typed, i, 1) = substr(p_word, i + 1, 1) and overlay(p_typed placing substr(p_word, i, 2) from i) = p_word then
                    d := 1;
                end if;
                exit;
            end if;
        end loop;
    elsif d > 0 and length(p_typed) <> length(p_word) and undoubled(p_typed) = undoubled(p_word) then
        d := d / 2;
    end if;
    return d;
end $$;
comment on function distance is 'slips between two words without spaces';

create or replace function likeness(p_typed text, p_word text) returns real
    language plpgsql immutable strict parallel safe
    as $$
declare
    a text := replace(left(p_typed, 100), ' ', '');
    b text := replace(left(p_word, 100), ' ', '');
    same real;
begin
    if a = b then
        return case when p_typed = p_word then 1 else 0.99 end;
    elsif a = '' or b = '' then
        return 0;
    end if;
    same := 1 - distance(a, b) / greatest(length(a), length(b));
    if length(b) >= 4 and dmetaphone(a) = dmetaphone(b) then
        same := same + (1 - same) * 0.4;
    end if;
    if left(a, 1) <> left(b, 1) then
        same := same - 0.05;
    end if;
    return greatest(same, similarity(p_typed, p_word));
end $$;

grant execute on function slips, undoubled, distance, likeness to unknot_web;
