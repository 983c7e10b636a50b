-- Rows that were there before towns were kept have no slug, and nobody has counted them.
update unknot.location set town = town where town_slug = '' and town <> '';
select unknot.towns_rebuild() where not exists (select from unknot.town) and exists (select from unknot.listing);
select unknot.town_members_rebuild() where not exists (select from unknot.town_member) and exists (select from unknot.listing);
