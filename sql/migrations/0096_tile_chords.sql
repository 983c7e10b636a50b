-- How far a block is from the middle of a circle is told by chords, which need neither.
alter table listing_tile drop column cosines, drop column sines;
comment on column listing_tile.reaches is 'radians around it within which all of the block lie';
