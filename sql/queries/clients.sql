-- A therapist's clients.

-- name: clients.page
-- $1 latest | name, $2 the last client of the page before, or null → {"clients":[…],"next"}
select clients_page($1, $2::uuid);

-- name: clients.found
-- $1 what was typed: a name, an address or a number → {"found","clients"}
select clients_found($1);

-- name: clients.one
-- $1 id, $2 the last visit of the page before, or null → {"id","name","history","coming","block",…}
select client_page($1::uuid, $2::uuid);

-- name: clients.record
-- $1 id → {"course","plan","noted"}: what is sealed about a client, for the program to open
select client_record($1::uuid);

-- name: clients.block
-- $1 client, $2 id of the block, $3 the reason, sealed, or null → as clients.one
select client_block_save($1::uuid, $2::uuid, $3);

-- name: clients.unblock
-- $1 id of the block
select client_block_remove($1::uuid);

-- name: clients.blocked
-- → {"blocks":[…]}
select clients_blocked();

-- name: clients.begins
-- $1 client → {"name","email","phone","service"}: what the form for the next visit begins with
select client_begins($1::uuid);

-- name: clients.join_page
-- $1 client, $2 who may be the same person, or null, $3 what was typed to find them, or null → {"likely":[…]} or {"two":[…],"with"}
select client_join_page($1::uuid, $2::uuid, $3);

-- name: clients.join
-- $1 the client who stays, $2 who is joined to them → {"id","visits"}, or a problem
select client_join($1::uuid, $2::uuid);
