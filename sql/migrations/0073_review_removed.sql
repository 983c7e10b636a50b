-- How many reviews of a therapist were removed stands on their page: without an index each page read all reviews there are.
create index review_removed on review (therapist_id) where removed_at is not null;
