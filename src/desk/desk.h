/*
 * A practice of several therapists: its front desk, its team, its shared places and rooms.
 *
 * The rows of the desk are WHO_DESK: accounts of a front desk, and therapists, of whom the database lets the
 * owners of a practice through. A front desk sees who comes when, and no health answer: what it is shown
 * comes from the functions of sql/functions/49_desk.sql alone.
 */
#ifndef UNKNOT_DESK_H
#define UNKNOT_DESK_H

#include "web/web.h"

void desk_get(struct request *r);          /* GET  /desk?day=YYYY-MM-DD: one day, a column a therapist */
void desk_week_get(struct request *r);     /* GET  /desk/week?day=YYYY-MM-DD */
void desk_new_get(struct request *r);      /* GET  /desk/bookings/new?therapist=&day=&service= */
void desk_new_post(struct request *r);     /* the fields of the therapist's own form, and therapist */
void desk_booking_get(struct request *r);  /* GET  /desk/bookings/{id} */
void desk_booking_post(struct request *r); /* POST /desk/bookings/{id} (state) */
void desk_ask_post(struct request *r);     /* POST /desk/bookings/{id}/answers (how: send | ask) */
void desk_move_get(struct request *r);     /* GET  /desk/bookings/{id}/move?from=YYYY-MM-DD */
void desk_move_post(struct request *r);    /* POST /desk/bookings/{id}/move (start) */

void desk_rooms_get(struct request *r);      /* GET  /desk/rooms: what is closed when */
void desk_rooms_post(struct request *r);     /* POST /desk/rooms (room, from_day, …) closes one */
void desk_room_open_post(struct request *r); /* POST /desk/rooms/closings/{id}/remove */

void team_get(struct request *r);           /* GET  /practice/team */
void team_post(struct request *r);          /* POST /practice/team (name): founds a practice, or renames it */
void team_invite_post(struct request *r);   /* POST /practice/team/invitations (email, role) */
void team_withdraw_post(struct request *r); /* POST /practice/team/invitations/{id}/withdraw */
void team_member_post(struct request *r);   /* POST /practice/team/members/{id} (act: remove, own, unown) */
void team_answers_post(struct request *r);  /* POST /practice/team/answers (answers: yes) */
void team_leave_post(struct request *r);    /* POST /practice/team/leave */
void team_share_post(struct request *r);    /* POST /practice/team/places (location) */
void team_place_get(struct request *r);     /* GET  /practice/team/places/{id} */
void team_place_post(struct request *r);
void team_use_post(struct request *r);         /* POST /practice/team/places/{id}/use */
void team_room_post(struct request *r);        /* POST /practice/team/places/{id}/rooms (room) */
void team_room_remove_post(struct request *r); /* POST /practice/team/rooms/{id}/remove */

void invitation_get(struct request *r);  /* GET  /invitations/{token}: says what it is */
void invitation_post(struct request *r); /* POST /invitations/{token} (answer, name, password) */

#endif
