-- A place by its label, as links and suggestions write it. By bytes: the order of a language makes each comparison on the way four times as dear.
create index place_label on place (label text_pattern_ops, importance desc);
