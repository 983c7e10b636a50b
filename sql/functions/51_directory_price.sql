-- The most that somebody would pay, inside a text: "under $80", "60 dollars", "no more than 75", "$60-80".

-- In whole units, and the text without it. A number alone is a price only behind or before a word of measure, from 20 on, and when no minutes, hours, miles or
-- years follow it. The least ("over $80", "$80 or more"), and what is about a price, is none: it stays in the text.
create or replace function price_said(p_text text, out rest text, out price int)
    language plpgsql immutable
    as $$
declare
    coin constant text := '(?:(?:usd? ?)?[$£€] ?|usd )';
    coins constant text := ' ?(?:[$£€]|(?:dollars?|bucks?|usd|euros?|eur|pounds?)\M)';
    n constant text := '(\d{1,5}(?:\.\d\d?)?)(?![\d.]*\d|,\d|[:/-]\d)';
    most constant text := '\m(?:under|below|up to|at most|max(?:imum)?\.?|budget(?: is)?|less than|cheaper than|(?:no|not) over'
                          || '|(?:no|not|don.?t|can.?t|cannot|won.?t) (?:\w+ ){0,3}more than)(?: price)?(?: of)? ';
    least constant text := '(?<!\m(?:over|above|than|least|from|around|about|not|no|under|below) )';
    after constant text := '(?: ?(?:or|and) (?:less|under|below)| ?max(?:imum)?| ?tops)';
    open constant text := '(?!\+| ?(?:plus|min|minimum|(?:or|and) (?:more|up|over|above))(?!\w))';
    said constant text := lower(p_text);
    pattern text;
    m text[];
begin
    rest := p_text;
    foreach pattern in array array[
        least || '(?:between )?' || coin || '\d{1,5} ?(?:-|–|to|and) ?' || coin || '?' || n || '(?:' || coins || ')?',
        least || '(?:between )?\m\d{1,5} ?(?:-|–|to|and) ?' || n || coins,
        '(?<!\m(?:no|not) )' || most || coin || n || '(?:' || coins || ')?',
        '(?<!\m(?:no|not) )' || most || n || coins,
        least || coin || n || '(?:' || coins || '|(?!' || coins || '))' || open || after || '?',
        least || '\m' || n || coins || open || after || '?',
        '(?<!\m(?:no|not) )' || most || '([2-9]\d|\d{3,5})(?!\d|[.,:/-]\d| ?(?:m|h|min|mins|minutes?|hours?|hrs?|am|pm|mi|miles?|kms?|kilomet(?:er|re)s?|years?|yrs?|yo|lbs?|%)(?!\w))',
        '\m([2-9]\d|\d{3,5})' || after || '\M'
    ] loop
        m := regexp_match(said, pattern);
        if m is not null then
            price := ceil(m[1]::numeric);
            exit;
        end if;
    end loop;
    if price between 1 and 20000 then
        rest := regexp_replace(p_text, pattern, ' ', 'i');
    else
        price := null;
    end if;
end $$;

grant execute on function price_said to unknot_web;
