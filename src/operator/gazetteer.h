/*
 * Gazetteer files, read line by line into places. Three formats:
 *
 * weather: Debian's weather-util-data (US Census). Sections `[fips0100124]` or `[60601]` with `centroid =
 * (lat, lon)` in radians and `description = Name kind, ST`. Ids of 7 digits are places, 5 digits alone are
 * postcodes (zctas.gz), 10 digits county subdivisions, of which the New England states' towns are taken;
 * counties, stations and airports are not.
 *
 * geonames: GeoNames' "geoname" dump. 19 columns with tabs between them, degrees; of feature class P.
 *
 * postal: GeoNames' postal codes. 12 columns with tabs between them, degrees.
 *
 * A line that does not fit its format is counted and skipped: one bad row must not cost a country.
 */
#ifndef UNKNOT_OPERATOR_GAZETTEER_H
#define UNKNOT_OPERATOR_GAZETTEER_H

#include "core/text.h"

enum gazetteer_format { GAZETTEER_WEATHER, GAZETTEER_GEONAMES, GAZETTEER_POSTAL };

struct gazetteer_place {
    bool is_postcode;
    char country[3];
    char region[64];
    char name[128];
    char postcode[24];
    double lat, lon; /* degrees */
    int population;
};

struct gazetteer {
    enum gazetteer_format format;
    long skipped; /* lines or sections that did not fit */
    /* the section being read (weather) */
    char id[32];
    char description[160];
    double lat, lon;
    bool placed;
};

void gazetteer_start(struct gazetteer *g, enum gazetteer_format format);

/* Takes one line without its end. True when a place became complete and stands in *out. */
bool gazetteer_line(struct gazetteer *g, struct str line, struct gazetteer_place *out);

/* After the last line: the section that was still open. */
bool gazetteer_end(struct gazetteer *g, struct gazetteer_place *out);

#endif
