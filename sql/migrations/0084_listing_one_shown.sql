-- The row of a place that is shown, without a look at those of its other lengths. Not unique: while another length comes to be shown, both are.
create index listing_shown_place on listing (location_id) where shown;
