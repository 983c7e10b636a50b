-- Operators read why records are kept so long; the other reasons are in American spelling.
update retention set basis = replace(basis, 'judgement', 'judgment') where basis like '%judgement%';
