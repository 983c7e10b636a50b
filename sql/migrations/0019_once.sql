-- Every change that a request asks for is made once: what was answered to it is kept beside the change, in its transaction.

create table change_key (
    key bytea not null check (length(key) = 32),
    actor text not null,
    request bytea not null check (length(request) = 32),
    answer text,
    made_at timestamptz not null default now(),
    answer_until timestamptz not null default now(),
    primary key (key, actor)
);
comment on table change_key is 'idempotency keys of the last seven days; made by change_begin(), read and written by nobody else than the functions of 13_once.sql';
comment on column change_key.key is 'hash of the key that came with the request';
comment on column change_key.actor is 'account, or hash of the booking''s token, or empty: one person''s key is nothing to another';
comment on column change_key.request is 'keyed hash of method, path and content';
comment on column change_key.answer is 'what was answered, sealed by the program under the key that came with the request, which is not kept; gone after answer_until';
create index change_key_age on change_key (made_at);
create index change_key_answer on change_key (answer_until) where answer is not null;
