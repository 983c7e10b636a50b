-- Signs of an emergency in what somebody types into the search box: whoever writes "numb between the legs" wants a doctor before a therapist.

-- Said with many words in many orders, so that patterns know them and no list of phrases does. Rather once too often: it only adds a note.
create or replace function signs_said(p_text text) returns boolean
    language plpgsql stable
    as $$
declare
    said constant text := fold(left(p_text, 100));
    numb constant text := '(numb\w*|tingl\w*|pins and needles|(no|loss of|lost|less) (feeling|sensation))';
    there constant text := '(groin|saddle|genital\w*|anus|crotch|private parts?|privates|vagina|penis|perineum|between (the |my )?(legs|thighs)|inner thighs?|both (legs|feet))';
begin
    return said ~ concat('\mcauda equina|\msaddle an\w*esthesia|\m', numb, '\M.*\m', there, '\M|\m', there, '\M.*\m', numb, '\M')
        or said ~ '\m(can ?t|cannot|can not|unable to|trouble|hard to|difficulty|problems?) (pee\w*|urinat\w*|pass\w* (urine|water))\M|\mincontinen\w*|\mleak\w* (pee|urine)'
        or said ~ '\m(los\w+|no|trouble|problems?|control\w*)\M.*\m(bladder|bowels?)\M|\m(bladder|bowels?)\M.*\m(control|los\w+|problems?|trouble|accidents?)\M'
        or said ~ '\m(weak\w*|paraly\w+|giv\w+ (way|out)|drop)\M.*\m(leg|legs|foot|feet)\M|\m(leg|legs|foot|feet)\M.*\m(weak\w*|paraly\w+|giv\w+ (way|out)|drop)\M'
        or said ~ '\m(fever\w*|chills|night sweats|chest pains?|heart attack|stroke|short(ness)? of breath|blood clot|dvt)\M|\m(can ?t|cannot|trouble|hard to) breath\w*'
        or said ~ '\mswollen (calf|leg)\M|\m(calf|leg) (is )?swollen\M|\munexplained weight loss\M|\mslurred speech\M|\mface (is )?droop\w*';
end $$;
comment on function signs_said is 'whether a warning sign of the guide, or what it is called, stands in a text';

grant execute on function signs_said to unknot_web;
