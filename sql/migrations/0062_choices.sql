-- What a form offers of a taxonomy, put together when the taxonomy changes and not for each page.
create table tag_choices (
    kind text primary key references tag_kind on delete cascade,
    list text not null
);
comment on table tag_choices is 'the values of a kind that are offered, as JSON text without its brackets, each as choice_json() writes it with "on" false; follows tag';
alter table tag_choices alter list set storage external; -- read with each page of results: not to be unpacked
grant select on tag_choices to unknot_web;
