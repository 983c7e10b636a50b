-- A service at the client's address needs an address that is asked for, held to the distance the therapist goes, and shown to the therapist alone.
-- Until all of that is there, no service can say that it is one.

alter table service drop column at_home;
