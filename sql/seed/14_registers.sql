-- Who licenses or registers massage therapists where. Addresses were not opened: empty means unknown, not absent. Formats of numbers are hints.

insert into register (id, country, region, regime, body, lookup, open_data, number_hint, notes, basis)
select x.* from (values
    (1, 'US', 'AL', 'license', 'Board of Massage Therapy', '', '', '', '650 hours to begin; 16 hours every 2 years; insurance', 'ABMP, list of state rules'),
    (2, 'US', 'AK', 'license', 'Board of Massage Therapists', 'https://www.commerce.alaska.gov/cbp/main/search/professional', '', '', '625 hours to begin; 16 hours every 2 years', 'ABMP, list of state rules; address from public code for another profession'),
    (3, 'US', 'AZ', 'license', 'Board of Massage Therapy', 'https://bmt.az.gov/licensees/verify-license', '', '', '700 hours to begin; 24 hours every 2 years', 'ABMP, list of state rules; address from public code'),
    (4, 'US', 'AR', 'license', 'Department of Health, massage therapy', '', '', '', '500 hours to begin; the interstate compact is law (Act 267 of 2025)', 'ABMP, list of state rules; Act 267 of 2025'),
    (5, 'US', 'CA', 'voluntary certificate', 'California Massage Therapy Council (CAMTC)', 'https://www.camtc.org/verify-massage-professional/', '', '', '500 hours; every 2 years; titles CMT and CMP', 'ABMP, list of state rules; addresses from public code'),
    (6, 'US', 'CO', 'license', 'Department of Regulatory Agencies, Office of Massage Therapy', 'https://apps2.colorado.gov/dora/licensing/lookup/licenselookup.aspx', 'https://data.colorado.gov/resource/7s5z-vewr.json', '', 'Name, license number, type, dates and state are open data', 'addresses from public code'),
    (7, 'US', 'CT', 'license', 'Department of Public Health', 'https://elicense.ct.gov/', 'https://data.ct.gov/resource/ngch-56tr.json', '', 'Open data made anew each day; that massage is among it was not confirmed', 'addresses from public code'),
    (8, 'US', 'DE', 'license or certificate', 'Board of Massage and Bodywork', 'https://delpros.delaware.gov/oh_verifylicense', '', '', 'By law a parent is present when a minor is treated', '24 Delaware Code 5318; address from public code for another profession'),
    (9, 'US', 'DC', 'license', 'Board of Massage Therapy (DC Health)', '', '', '', '', 'general knowledge'),
    (10, 'US', 'FL', 'license', 'Board of Massage Therapy (Department of Health, MQA)', 'https://mqa-internet.doh.state.fl.us/MQASearchServices/HealthCareProviders', '', 'MA and digits for a person, MM for an establishment', '', 'floridasmassagetherapy.gov; address from public code'),
    (11, 'US', 'GA', 'license', 'Board of Massage Therapy', '', '', '', 'A bill for the interstate compact (HB 232)', 'Georgia HB 232 for the bill; the rest general knowledge'),
    (12, 'US', 'HI', 'license', 'Professional and Vocational Licensing Division (DCCA)', 'https://mypvl.dcca.hawaii.gov', '', '', 'Ends on June 30 of even years; 12 hours every 2 years since 2024', 'Hawaii Revised Statutes 452-16; address incomplete'),
    (13, 'US', 'ID', 'license', 'Division of Occupational and Professional Licenses', 'https://elitepublic.ibol.idaho.gov/', '', '', 'The address may be old', 'public code'),
    (14, 'US', 'IL', 'license', 'Department of Financial and Professional Regulation (IDFPR)', 'https://online-dfpr.micropact.com/lookup/licenselookup.aspx', 'https://data.illinois.gov', '227. and digits', 'A file of all licenses is open data; that massage is among it was not confirmed', 'fonteum.com, 2026; address from public code for another profession; number general knowledge'),
    (15, 'US', 'IN', 'license', 'Professional Licensing Agency', '', '', '', '', 'general knowledge'),
    (16, 'US', 'IA', 'license', 'Board of Massage Therapy', '', '', '', '', 'general knowledge'),
    (17, 'US', 'KS', 'no state rule', 'Cities and counties', '', '', '', 'Bills for a state license failed several times', 'ABMP on Kansas, 2024'),
    (18, 'US', 'KY', 'license', 'Board of Licensure for Massage Therapy', '', '', '', '', 'general knowledge'),
    (19, 'US', 'LA', 'license', 'Board of Massage Therapy', '', '', '', '', 'general knowledge'),
    (20, 'US', 'ME', 'license', 'Office of Professional and Financial Regulation', '', '', '', '', 'general knowledge'),
    (21, 'US', 'MD', 'license or registration', 'Board of Massage Therapy Examiners', '', '', '', 'Two kinds: LMT and RMP', 'general knowledge'),
    (22, 'US', 'MA', 'license', 'Board of Registration of Massage Therapy', 'https://elicensing21.mass.gov/CitizenAccess/', '', '', '', 'address from public code for another profession; the rest general knowledge'),
    (23, 'US', 'MI', 'license', 'Department of Licensing and Regulatory Affairs (LARA)', '', '', '', 'For 3 years, to October 31', 'ABMP news'),
    (24, 'US', 'MN', 'no state rule', 'Cities and counties', '', '', '', 'Bills for a state license were brought in', 'Massage & Bodywork, 2023; ABMP, list of state rules'),
    (25, 'US', 'MS', 'license', 'Board of Massage Therapy', '', '', '', '', 'general knowledge'),
    (26, 'US', 'MO', 'license', 'Board of Therapeutic Massage', 'https://renew.pr.mo.gov/licensee-search.asp', '', '', 'A bill for the interstate compact (2026)', 'Missouri bill; address from public code for another profession'),
    (27, 'US', 'MT', 'license', 'Board of Massage Therapy', '', '', '', 'The interstate compact is law', 'massagecompact.org'),
    (28, 'US', 'NE', 'license', 'Department of Health and Human Services', '', '', '', '', 'general knowledge'),
    (29, 'US', 'NV', 'license', 'Board of Massage Therapy', '', '', '', 'The interstate compact is law', 'massagecompact.org'),
    (30, 'US', 'NH', 'license', 'Office of Professional Licensure and Certification', '', '', '', '', 'general knowledge'),
    (31, 'US', 'NJ', 'license', 'Board of Massage and Bodywork Therapy', 'https://newjersey.mylicense.com/verification/', '', '18KT and digits', '500 hours to begin; found by name, number or city', 'New Jersey Business Navigator; number general knowledge'),
    (32, 'US', 'NM', 'license', 'Regulation and Licensing Department', '', '', '', '', 'general knowledge'),
    (33, 'US', 'NY', 'license', 'Office of the Professions', 'https://www.op.nysed.gov/verification-search', '', '', '1,000 hours to begin', 'address from public code for another profession; hours general knowledge'),
    (34, 'US', 'NC', 'license', 'Board of Massage & Bodywork Therapy', '', '', '', 'Title LMBT', 'general knowledge'),
    (35, 'US', 'ND', 'license', 'Board of Massage', '', '', '', '', 'general knowledge'),
    (36, 'US', 'OH', 'license', 'State Medical Board', 'https://elicense.ohio.gov/oh_verifylicense', '', '', 'The interstate compact is law', 'massagecompact.org; address from public code for another profession'),
    (37, 'US', 'OK', 'license', 'State Board of Cosmetology and Barbering', '', '', '', 'State license since May 1, 2017', 'ABMP news'),
    (38, 'US', 'OR', 'license', 'Board of Massage Therapists', '', '', '', 'Permits for facilities too', 'Oregon OAR 334'),
    (39, 'US', 'PA', 'license', 'State Board of Massage Therapy', 'https://www.pals.pa.gov/#/page/search', '', 'MSG and digits', '', 'address from public code for another profession; number general knowledge'),
    (40, 'US', 'RI', 'license', 'Department of Health', '', '', '', '', 'general knowledge'),
    (41, 'US', 'SC', 'license', 'Department of Labor, Licensing and Regulation', '', '', '', '', 'general knowledge'),
    (42, 'US', 'SD', 'license', 'Board of Massage Therapy', '', '', '', '', 'general knowledge'),
    (43, 'US', 'TN', 'license', 'Massage Licensure Board (Health Related Boards)', 'https://apps.health.tn.gov/Licensure/', '', '', 'A rule for advertising (0870-01-.17)', 'Tennessee rules 0870-01; address from public code'),
    (44, 'US', 'TX', 'license', 'Department of Licensing and Regulation (TDLR)', 'https://www.tdlr.texas.gov/LicenseSearch/', 'https://data.texas.gov/resource/7358-krk7.json', 'MT and digits', 'Training on human trafficking to renew; license type, number and last day are open data', 'tdlr.texas.gov; address of the data from public code; number general knowledge'),
    (45, 'US', 'UT', 'license', 'Division of Professional Licensing (DOPL)', 'https://secure.utah.gov/llv/search/index.html', '', '', '', 'address from public code for another profession; the rest general knowledge'),
    (46, 'US', 'VT', 'registration', 'Office of Professional Regulation', '', '', '', 'No hours, no exam; every 2 years', 'ABMP, list of state rules'),
    (47, 'US', 'VA', 'license', 'Board of Nursing', 'https://dhp.virginiainteractive.org/Lookup/Index', '', '0019 and digits', 'The interstate compact is law', 'massagecompact.org; address from public code for another profession; number general knowledge'),
    (48, 'US', 'WA', 'license', 'Department of Health, Board of Massage', 'https://fortress.wa.gov/doh/providercredentialsearch/', 'https://data.wa.gov/resource/qxh8-f4bd.json', 'MA and 8 digits', 'Open data made anew each day, meant for checking; public domain', 'data.wa.gov; letters of the number general knowledge'),
    (49, 'US', 'WV', 'license', 'Massage Therapy Licensure Board', '', '', '', '', 'general knowledge'),
    (50, 'US', 'WI', 'license', 'Department of Safety and Professional Services', 'https://licensesearch.wi.gov/', '', '', '', 'address from public code for another profession; the rest general knowledge'),
    (51, 'US', 'WY', 'no state rule', 'Cities and counties', '', '', '', '', 'ABMP, list of state rules (not on it)'),
    (52, 'US', 'PR', 'license', 'Board of massage therapists', '', '', '', '', 'ABMP, list of state rules; name of the board general knowledge'),
    (60, 'GB', '', 'no statutory register', 'None', '', '', '', 'The title massage therapist is not protected; some councils license rooms', 'essential-thyme.co.uk; rooms general knowledge'),
    (61, 'GB', '', 'accredited register', 'Complementary and Natural Healthcare Council (CNHC)', 'https://search.cnhcregister.org.uk/', '', '', 'Accredited by the Professional Standards Authority; yearly; 15 hours of training a year. Found by name, therapy, city, postcode', 'cnhc.org.uk; cpdstandards.com'),
    (62, 'GB', '', 'accredited register', 'Federation of Holistic Therapists (FHT)', 'https://www.fht.org.uk', '', '', 'An association whose register is accredited; the register, not the person; yearly', 'fht.org.uk'),
    (63, 'GB', '', 'association', 'Complementary Therapists Association (CThA)', 'https://www.ctha.com', '', '', 'Yearly; insurance', 'ctha.com'),
    (64, 'GB', '', 'association', 'SMA, ISRM, MTI, GCMT', '', '', '', 'Each with a directory of its own; yearly', 'massagetraining.co.uk for MTI; the rest general knowledge'),
    (70, 'CA', 'ON', 'statutory register', 'College of Massage Therapists of Ontario (CMTO)', 'https://www.cmto.com', '', 'a letter and digits', 'The public register says whether somebody may practice, with cautions, discipline and the address of the practice; yearly', 'cmto.com; number general knowledge'),
    (71, 'CA', 'BC', 'statutory register', 'College of Complementary Health Professionals of BC', 'https://cchpbc.ca', '', '', 'Since 2024; formerly CMTBC; yearly', 'general knowledge'),
    (72, 'CA', 'NB', 'statutory register', 'College of Massage Therapists of New Brunswick', '', '', '', 'Public register; yearly', 'NHPC for the rule; the rest general knowledge'),
    (73, 'CA', 'NL', 'statutory register', 'College of Massage Therapists of Newfoundland and Labrador', '', '', '', 'Public register; yearly', 'NHPC for the rule; the rest general knowledge'),
    (74, 'CA', 'PE', 'statutory register', 'College of Massage Therapists of Prince Edward Island', '', '', '', 'Public register; yearly', 'NHPC for the rule; the rest general knowledge'),
    (75, 'CA', '', 'associations', 'NHPC, CMMOTA, MTAA, MTAM, MTAS and others', '', '', '', 'Alberta, Saskatchewan, Manitoba, Nova Scotia and the rest have no rule; associations use the title RMT; yearly', 'NHPC; CMMOTA'),
    (80, 'AU', '', 'code of conduct', 'State health complaints commissioners', '', '', '', 'No national register. Nearly all states have the National Code of Conduct (Tasmania asked in 2025); see the lists of prohibition orders', 'news of 2025'),
    (81, 'AU', '', 'association', 'Massage & Myotherapy Australia', 'https://www.massagemyotherapy.com.au', '', '', 'More than 8,650 members; yearly, the code agreed to anew', 'massagemyotherapy.com.au'),
    (82, 'AU', '', 'associations', 'AMT, ANTA, ATMS, MAA, STAA', 'https://www.amt.org.au', '', '', 'Many insurers ask for one of them; first aid not older than 3 years', 'massageforhealthprofessionals.com.au'),
    (83, 'AU', '', 'qualification', 'training.gov.au', 'https://training.gov.au', '', '', 'Certificate IV HLT42021 and Diploma of Remedial Massage HLT52021; older ones HLT42015 and HLT52015', 'older codes as above; newer ones general knowledge'),
    (90, '', '', 'unknown', 'Elsewhere', '', '', '', 'Stated by the therapist until somebody here can check it', 'our judgment'))
    x (id, country, region, regime, body, lookup, open_data, number_hint, notes, basis)
where not exists (select from register r where r.country = x.country and r.region = x.region and r.body = x.body and r.id <> x.id)
on conflict (id) do update set country = excluded.country, region = excluded.region, regime = excluded.regime, body = excluded.body, lookup = excluded.lookup,
    open_data = excluded.open_data, number_hint = excluded.number_hint, notes = excluded.notes, basis = excluded.basis where register.edited_at is null;

select set_config('app.bulk', 'on', true) where not exists (select from listing_due); -- made at the end anyway
-- Where the law wants an entry before anybody practices. Vermont asks for no training, and for an entry all the same.
update register set required = true
where id < 1000 and edited_at is null and retired_at is null and not required
  and regime in ('license', 'license or certificate', 'license or registration', 'registration', 'statutory register');
select set_config('app.bulk', '', true);
update register r set number_mask = x.mask
from (values (10, 'M@#+'), (14, '227#+'), (31, '18KT#+'), (39, 'MSG#+'), (44, 'MT#+'), (47, '0019#+'), (48, 'MA########'), (70, '@#+')) x (id, mask)
where r.id = x.id and r.edited_at is null and r.number_mask <> x.mask;
-- What columns of the published files mean, as far as it was seen. What Texas calls the type of a massage therapist's license is general knowledge.
update register r set mapping = x.mapping::jsonb
from (values
    (48, '{"columns": {"number": "credentialnumber", "name": ["firstname", "middlename", "lastname"], "status": "status", "expires": "expirationdate", "discipline": "actiontaken"},
           "date": "YYYYMMDD", "active": ["Active"], "no_discipline": ["No"]}'),
    (44, '{"columns": {"number": "license_number", "name": "owner_name", "expires": "license_expiration_date_mmddccyy"}, "date": "MMDDYYYY", "only": {"license_type": ["Massage Therapist"]}}'))
    x (id, mapping)
where r.id = x.id and r.mapping is null;
