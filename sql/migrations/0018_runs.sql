-- All starts of the 61 days as runs, in place of the next twelve: whichever day is asked for, its times are there.
drop table if exists sample.listed;
truncate listing, listing_offer, listing_due; -- the seed makes them again
alter table listing_offer drop column next, add column runs int[] not null default '{}', add column step smallint not null, add column horizon smallint not null;
comment on column listing_offer.runs is 'all free starts from base on as run_number(), in order; those before now() have passed';
comment on column listing_offer.step is 'of the service: minutes from one start of a run to the next';
comment on column listing_offer.horizon is 'of the service: what lies more days after base is not known';
