-- A form that is answered again asks the therapist's own questions too: those that are new since then, and those that are asked each time.
alter table own_question add column each_time boolean not null default false;
comment on column own_question.each_time is 'also when the form of a visit is answered again, not only when the answer is not known yet';
grant insert (each_time), update (each_time) on own_question to unknot_web;

alter table reopening add column own_draft text check (length(own_draft) between 1 and 60000);
comment on column reopening.own_draft is 'as own_answer.sealed, until the form is complete';
grant update (own_draft) on reopening to unknot_web;
