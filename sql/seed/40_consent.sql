-- What people agree to before a visit, by place: drafts in plain words, made from what the law of the place asks for (column basis). No lawyer has looked at
-- them yet (reviewed_by is null), and each page that shows one says so. A wording that was agreed to is never changed: write a new version, with the next number.

create function pg_temp.consent(purpose text, place text, place_name text, version int, title text, basis text, body text,
                                months int default null, therapist_signs boolean default false, guardian_stays boolean default false) returns void
    language plpgsql
    as $$
begin
    if exists (select from consent_text t where (t.purpose, t.place) = ($1, $2) and t.version >= $4) then
        return;
    end if;
    update consent_text t set replaced_at = now() where (t.purpose, t.place) = ($1, $2) and t.replaced_at is null;
    insert into consent_text (purpose, place, place_name, version, title, basis, body, months, therapist_signs, guardian_stays)
    values ($1, $2, $3, $4, $5, $6, btrim($7, E'\n'), $8, $9, $10);
end $$;

-- --- Treatment

select pg_temp.consent('treatment', '', '', 1, 'Agreement to the massage', 'sourced: CMTO-CCC (six elements, used everywhere); body limits our judgment', '
## What it is

{THERAPIST} works with the hands on muscles and other soft tissue: {SERVICE}, {MINUTES} minutes. You lie or sit covered by a sheet or in your clothes. Only the part that is worked on is uncovered.

## What it may do for you

It may ease pain and help you to move and sleep better for a while. Nobody can promise that.

## What can go wrong

You may be sore or tired for a day or two, or bruise a little. Serious harm is rare. It is more likely when something about your health is not known: that is why we ask.

## What else there is

You can keep moving and exercise, see a doctor or a physical therapist, or wait. Many back pains get better by themselves.

## If you do not have it

Nothing bad follows from leaving a massage out. Your pain may stay as it is for longer, or ease without it.

## What you can count on

- You can ask about anything, before, during and after.
- You can say stop, or ask for less pressure or another position, at any time and without a reason.
- You choose what you take off. You undress alone.
- Genitals, the cleft of the buttocks and the breasts are never touched. Places near them only where you said yes to it.
- {THERAPIST} can end the session too, and ends it at once on any sexual word or act.
- Massage is not medical care and makes no diagnosis.');

select pg_temp.consent('treatment', 'US-TX', 'Texas', 1, 'Consultation document: the massage', 'sourced: TX-117-91', '
## The techniques

{THERAPIST}, a licensed massage therapist, uses the techniques of {SERVICE} for {MINUTES} minutes: pressing, stroking, kneading and stretching of muscles and other soft tissue, by hand, with a sheet over you.

## The parts of the body, and why

- To be treated: the places where you said that it hurts, and what is next to them, to ease pain and tight muscles.
- To be left out: the places that you marked as not to be touched, and those that your answers about your health speak against. Both are listed for you at the end of this form, and in the notes that {THERAPIST} reads.

## Covering

- Breasts: the breasts of a woman stay covered and are not massaged. Massage of the breast would need your written agreement anew before each session, and cannot be booked here.
- Genitals and the cleft of the buttocks stay covered during the whole session and are not touched.

## Stopping

- If you are not at ease, for whatever reason, you can ask {THERAPIST} to stop, and the session ends.
- {THERAPIST} can also end the session for any reason.
- On any sexual contact, or when you ask for it, {THERAPIST} must end the session at once.

## What it may do, and what can go wrong

Massage may ease pain for a while; nobody can promise that. You may be sore or tired for a day or two. There are other ways: moving, exercise, a doctor, a physical therapist, or waiting.

## Signed by both

You sign here, and {THERAPIST} signs before your first session. When the reason for your visits changes, both sign a new one.',
    therapist_signs => true);

select pg_temp.consent('treatment', 'US-WA', 'Washington', 1, 'Written consent: the massage', 'sourced: WAC-565, WAC-550, WAC-555', '
## What it is

{THERAPIST}, a licensed massage therapist, works with the hands on muscles and other soft tissue: {SERVICE}, {MINUTES} minutes. You are covered by a sheet or in your clothes. Only the part that is worked on is uncovered.

## What it may do, and what can go wrong

It may ease pain and help you to move and sleep better for a while. You may be sore or tired for a day or two. Serious harm is rare, and more likely when something about your health is not known.

## What else there is

You can keep moving and exercise, see a doctor or a physical therapist, or wait. Leaving massage out does no harm.

## What is never done

- No massage of the genitals or of the anus.
- The breasts, the cleft of the buttocks and the area between the legs are left out too: the law wants special training and a consent of its own for them, and they cannot be booked here.
- No diagnosis, and no moving of joints by a thrust.

## What you can count on

- You can ask about anything, and say stop at any time and without a reason.
- At each visit {THERAPIST} asks what has changed about your health.
- {THERAPIST} writes down the date, the length, what was done and where, and keeps it as the law says.

## How long this holds

One year. After that you are asked anew.',
    months => 12);

select pg_temp.consent('treatment', 'CA-ON', 'Ontario', 1, 'Informed consent: the massage', 'sourced: CMTO-CCC', '
## 1. The nature of the treatment

{THERAPIST}, a registered massage therapist, works with the hands on muscles and other soft tissue: {SERVICE}, {MINUTES} minutes. You are covered by a sheet or in your clothes. Only the part that is worked on is uncovered. Before the session {THERAPIST} looks at how you move and tells you the plan for you.

## 2. The expected benefit

It may ease pain and help you to move and sleep better for a while. Nobody can promise that.

## 3. The risks and side effects

You may be sore or tired for a day or two, or bruise a little. Serious harm is rare. It is more likely when something about your health is not known.

## 4. Other courses of action

You can keep moving and exercise, see a doctor, a physiotherapist or a chiropractor, or wait.

## 5. What happens without the treatment

Many back pains get better by themselves. Yours may stay as it is for longer, or ease without massage.

## 6. Your right to ask, and to stop

- You can ask about any of this, and get an answer, before you agree and at any time after.
- You can say no to a part of it, change your mind, or stop the session at any time. That has no consequence for later visits.
- Sensitive areas (upper inner thigh, buttocks, chest wall) are worked on only where you agreed to it, and {THERAPIST} asks again in the session.');

-- --- A parent or guardian

select pg_temp.consent('guardian', '', '', 1, 'For somebody under 18: the parent or legal guardian', 'parent''s consent: custom (general knowledge); presence our judgment', '
I am the parent or legal guardian of the person who will have the massage. I have read what the massage is. I agree to it for them.

- I have told what I know about their health.
- They want this too, and can say stop at any time. So can I.
- I may be in the room. I come along to the first visit and say who I am.');

select pg_temp.consent('guardian', 'US-DE', 'Delaware', 1, 'For somebody under 18: the parent or legal guardian', 'sourced: DE-5318', '
I am the parent or legal guardian of the person who will have the massage. I have read what the massage is. I agree to it for them.

- I stay in the room during the whole session. If I do not want to, I say so in writing to {THERAPIST} before it begins.
- I bring proof of who I am: {THERAPIST} has to check it.
- I have told what I know about their health.
- They want this too, and can say stop at any time. So can I.',
    guardian_stays => true);

select pg_temp.consent('guardian', 'US-WA', 'Washington', 1, 'For somebody under 18: written consent of the parent or legal guardian', 'sourced: WAC-555', '
I am the parent or legal guardian of the person who will have the massage. I have read what the massage is. This is my written consent to it.

- I have told what I know about their health.
- They want this too, and can say stop at any time. So can I.
- I may be in the room, or send another grown-up whom we both trust.',
    months => 12);

-- --- Health answers

select pg_temp.consent('health_data', '', '', 1, 'Keeping the health answers', 'sourced: ICO (explicit, separate, can be withdrawn); CMTO-PHI', '
- What is kept: your answers on these pages, and what follows from them for your visit.
- What for: so that {THERAPIST} can work safely. For nothing else. They are not sold, not given to anybody, and not used for advertising.
- Who can read them: {THERAPIST}, while you have a visit or a plan together. Each reading is written down, and you can see the list.
- How: sealed, with a key of your own. Whoever steals the database cannot read them.
- How long: until your care has ended and the time that the law sets for records is over.

You can take this back at any time on the page of your booking. Your answers are then erased at once, and {THERAPIST} asks you in person. Your visit stays booked. What was done before stays lawful.');

select pg_temp.consent('health_data', 'US-WA', 'Washington', 1, 'Keeping the health answers', 'sourced: MHMDA, MHMDA-020', '
This is the consent that Washington''s My Health My Data Act asks for. It is separate from all others.

- What is collected: your answers on these pages, and what follows from them for your visit.
- What for: so that {THERAPIST} can work safely. For nothing else.
- With whom it is shared: with {THERAPIST}, while you have a visit or a plan together. With nobody else. It is never sold.
- How it is kept: sealed, with a key of your own. Each reading is written down, and you can see the list.
- How long: until your care has ended and the time that the law sets for records is over.

You can take this back at any time on the page of your booking, and have your answers erased. {THERAPIST} then asks you in person, and your visit stays booked.');

-- The same, with the short questions after visits (domain: how it goes).

select pg_temp.consent('health_data', '', '', 2, 'Keeping the health answers', 'sourced: ICO (explicit, separate, can be withdrawn); CMTO-PHI', '
- What is kept: your answers on these pages and to the short questions after your visits, and what follows from them.
- What for: so that {THERAPIST} can work safely, and so that both of you can see whether it helps. For nothing else. They are not sold, not given to anybody, and not used for advertising.
- Mail: a day after a visit, and two times in the first three months, you get a mail with a link to the questions. You need not answer.
- Who can read them: {THERAPIST}, while you have a visit or a plan together. Each reading is written down, and you can see the list.
- How: sealed, with a key of your own. Whoever steals the database cannot read them.
- How long: until your care has ended and the time that the law sets for records is over.

You can take this back at any time on the page of your booking. Your answers are then erased at once, and {THERAPIST} asks you in person. Your visit stays booked. What was done before stays lawful.');

select pg_temp.consent('health_data', 'US-WA', 'Washington', 2, 'Keeping the health answers', 'sourced: MHMDA, MHMDA-020', '
This is the consent that Washington''s My Health My Data Act asks for. It is separate from all others.

- What is collected: your answers on these pages and to the short questions after your visits, and what follows from them.
- What for: so that {THERAPIST} can work safely, and so that both of you can see whether it helps. For nothing else.
- Mail: a day after a visit, and two times in the first three months, you get a mail with a link to the questions. You need not answer.
- With whom it is shared: with {THERAPIST}, while you have a visit or a plan together. With nobody else. It is never sold.
- How it is kept: sealed, with a key of your own. Each reading is written down, and you can see the list.
- How long: until your care has ended and the time that the law sets for records is over.

You can take this back at any time on the page of your booking, and have your answers erased. {THERAPIST} then asks you in person, and your visit stays booked.');

update consent_text set names_after = true where purpose = 'health_data' and version >= 2 and not names_after;
