-- A word that half of all therapists use is changed by writing one row; the worker finds out whose cards show it.
create table listing_reworded (
    id int generated always as identity primary key,
    tag_id int references tag on delete cascade,
    credential_kind text references credential_kind on delete cascade,
    check ((tag_id is null) <> (credential_kind is null))
);
comment on table listing_reworded is 'words that an operator has changed and that cards show: the worker writes down whose (listing_stale), and takes them out';
