package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"gorm.io/gorm"
)

// notSaid stands in Attendance.Recommend for no answer, because 0 is one.
const notSaid = -1

// Reasons why a doctor is not invited.
const (
	NotInvitedUnknown   = "unknown" // nobody, or nobody whom the person may see
	NotInvitedGone      = "not_following"
	NotInvitedOptedOut  = "opted_out"
	NotInvitedLevel     = "not_verified"
	NotInvitedConsent   = "no_consent"
	NotInvitedUnwanted  = "not_wanted" // has said that no more invitations are wanted
	NotInvitedInvited   = "already"
	fieldMeetingInvites = "meeting_invites"
)

// Invited is what became of a list of doctors.
type Invited struct {
	Made    int
	Refused map[string]int // reason → number
}

// invitePage is how many doctors are invited in one transaction: doctors who write wait no longer than for that.
const invitePage = 500

// InviteToMeeting puts doctors on the list and plans the invitation of each, which push makes. Only who follows, is verified, has agreed to be kept and to be written to, and has not
// asked for no more invitations is put there; once each. Many are invited in several transactions; done again after a failure, it goes on. ErrNotFound;
// ErrMoved: the meeting is not open; what push says, which plans one invitation.
func (s *Store) InviteToMeeting(ctx context.Context, id string, doctors []string, push func(f MeetingFile, doctor string) (Push, error)) (Invited, error) {
	out := Invited{Refused: map[string]int{}}
	for part := range slices.Chunk(distinctOf(doctors), invitePage) {
		var refused map[string]string
		err := s.tx(ctx, func(tx *gorm.DB) (err error) {
			refused, err = s.invitePart(ctx, tx, id, part, push)
			return err
		})
		if err != nil {
			return out, fmt.Errorf("inviting to a meeting: %w", err)
		}
		out.Made += len(part) - len(refused)
		for _, why := range refused {
			out.Refused[why]++
		}
	}
	return out, nil
}

// invitePart invites some doctors and tells why others were not.
func (s *Store) invitePart(ctx context.Context, tx *gorm.DB, id string, part []string, push func(f MeetingFile, doctor string) (Push, error)) (map[string]string, error) {
	f, err := s.meetingHead(tx, id)
	if err != nil {
		return nil, err
	}
	if f.Status != MeetingOpen {
		return nil, ErrMoved
	}
	refused, err := s.notInvitable(ctx, tx, id, part)
	if err != nil {
		return nil, err
	}
	v, _ := Viewing(ctx)
	var rows []Attendance
	var pushes []Push
	for _, doctor := range part {
		if refused[doctor] != "" {
			continue
		}
		p, err := push(f, doctor)
		if err != nil {
			return nil, err
		}
		pushes = append(pushes, p)
		rows = append(rows, Attendance{Meeting: id, Doctor: doctor, Account: s.Account(), InvitedBy: v.Name, InvitedAt: s.Now(), Recommend: notSaid})
	}
	if err := insert(tx, rows); err != nil {
		return nil, err
	}
	if err := s.planFlows(tx, pushes...); err != nil {
		return nil, err
	}
	return refused, s.audit(tx, Audit{Action: "meeting_invite", Object: "meeting:" + id, Detail: fmt.Sprintf("%s: %d", f.Title, len(rows))})
}

// notInvitable tells of some doctors why they are not to be invited. Whoever stands on the list needs no invitation, also one who came without.
func (s *Store) notInvitable(ctx context.Context, tx *gorm.DB, meeting string, ids []string) (map[string]string, error) {
	known, err := s.doctorsByID(ctx, ids)
	if err != nil {
		return nil, err
	}
	var agreed, unwanted []string
	base := tx.Model(&Consent{}).Where("conversation IN ? AND purpose IN ? AND granted", ids, []string{PurposeBase, PurposePush})
	base = base.Where("NOT EXISTS (SELECT 1 FROM consents n WHERE n.conversation = consents.conversation AND n.purpose = consents.purpose AND n.seq > consents.seq)")
	if err := base.Group("conversation").Having("COUNT(*) = 2").Pluck("conversation", &agreed).Error; err != nil {
		return nil, fmt.Errorf("reading consents: %w", err)
	}
	no := tx.Model(&PortraitValue{}).Where("doctor IN ? AND field = ? AND value = ?", ids, fieldMeetingInvites, `"off"`)
	if err := no.Pluck("doctor", &unwanted).Error; err != nil {
		return nil, fmt.Errorf("reading wishes: %w", err)
	}
	var listed []string
	if err := tx.Model(&Attendance{}).Where("meeting = ? AND doctor IN ?", meeting, ids).Pluck("doctor", &listed).Error; err != nil {
		return nil, fmt.Errorf("reading a list: %w", err)
	}
	out := map[string]string{}
	for _, id := range ids {
		d := known[id]
		switch {
		case d.ID == "":
			out[id] = NotInvitedUnknown
		case slices.Contains(listed, id):
			out[id] = NotInvitedInvited
		case !d.Followed:
			out[id] = NotInvitedGone
		case d.OptedOut:
			out[id] = NotInvitedOptedOut
		case d.Level != LevelVerified:
			out[id] = NotInvitedLevel
		case !slices.Contains(agreed, id):
			out[id] = NotInvitedConsent
		case slices.Contains(unwanted, id):
			out[id] = NotInvitedUnwanted
		}
	}
	return out, nil
}

// Presence is what is known of one doctor's coming.
type Presence struct {
	Doctor  string
	Came    bool
	Minutes int
	Way     string // see MeetingWays; "" = not known
}

// RecordPresence writes who came and who did not: on the list, and as what the doctors did. Who came is given to the rep of the doctor, or to the meeting's
// owner, to be called until a time. What is recorded twice counts once, as it was recorded last; a follow-up that is done stays. ErrNotFound; ErrMoved: the meeting
// has not begun, or is closed; ErrMeeting: somebody who is not on record, or a way that there is not.
func (s *Store) RecordPresence(ctx context.Context, id string, rows []Presence, until int64) error {
	err := s.tx(ctx, func(tx *gorm.DB) error {
		f, err := s.meetingOf(tx, id)
		if err != nil {
			return err
		}
		if f.Status != MeetingOpen && f.Status != MeetingHeld || f.BeginsAt > s.Now() {
			return ErrMoved
		}
		ids := make([]string, len(rows))
		for i, p := range rows {
			ids[i] = p.Doctor
		}
		known, err := s.doctorsByID(ctx, ids)
		if err != nil {
			return err
		}
		reps, err := s.repsToCall(tx, ids)
		if err != nil {
			return err
		}
		var did []Behaviour
		var came []Attendance
		for _, p := range rows {
			if known[p.Doctor].ID == "" || p.Minutes < 0 || p.Way != "" && !slices.Contains(MeetingWays, p.Way) {
				return ErrMeeting
			}
			came = append(came, s.presence(f, p, reps[p.Doctor], until))
			did = append(did, presenceDeed(f, p))
		}
		if err := upsert(tx, came, presenceColumns); err != nil {
			return err
		}
		if err := tx.Where("doctor IN ? AND kind IN ? AND ref = ?", ids, []string{DidAttend, DidMiss}, meetingRef(id)).Delete(&Behaviour{}).Error; err != nil {
			return err
		}
		if err := s.did(tx, did); err != nil {
			return err
		}
		return s.audit(tx, Audit{Action: "meeting_presence", Object: "meeting:" + id, Detail: fmt.Sprintf("%s: %d", f.Title, len(rows))})
	})
	if err != nil {
		return fmt.Errorf("recording who came: %w", err)
	}
	return nil
}

// meetingRef is the ref of what a doctor did at a meeting.
func meetingRef(id string) string { return "meeting:" + id }

func presenceDeed(f MeetingFile, p Presence) Behaviour {
	b := Behaviour{Doctor: p.Doctor, Kind: DidAttend, Object: f.Title, Topics: f.Topics, Amount: p.Minutes, Ref: meetingRef(f.ID), At: f.BeginsAt}
	if !p.Came {
		b.Kind, b.Topics, b.Amount = DidMiss, "[]", 0
	}
	return b
}

// presenceColumns are those that a sheet of who came decides.
var presenceColumns = []string{"came", "minutes", "way", "came_at", "follow_rep", "follow_until"}

func (s *Store) presence(f MeetingFile, p Presence, rep string, until int64) Attendance {
	row := Attendance{Meeting: f.ID, Doctor: p.Doctor, Account: s.Account(), Recommend: notSaid, Came: DidMiss, CameAt: s.Now()}
	if p.Came {
		row.Came, row.Minutes, row.Way, row.FollowRep, row.FollowUntil = DidAttend, p.Minutes, p.Way, rep, until
	}
	return row
}

// repsToCall are the reps who may hear of doctors and whose doctors they are.
func (s *Store) repsToCall(tx *gorm.DB, ids []string) (map[string]string, error) {
	var rows []Facets
	q := tx.Model(&Facets{}).Select("doctor", "owner").Where("doctor IN ? AND owner <> ''", ids)
	if err := q.Where(fmt.Sprintf(shared, "facets.doctor"), PurposeShare).Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("reading reps: %w", err)
	}
	out := make(map[string]string, len(rows))
	for _, r := range rows {
		out[r.Doctor] = r.Owner
	}
	return out, nil
}

// FollowUp is what came of calling a doctor after a meeting.
type FollowUp struct {
	Meeting, Doctor string
	Outcome         string // see the Outcome constants
	Words           string
}

// FollowUpMeeting records what came of a follow-up. ErrNotFound: no such row, or not for the eyes of the person; ErrMoved: the doctor did not come, or somebody has
// recorded an outcome; ErrNoReason: without words; ErrForbidden: no outcome that there is.
func (s *Store) FollowUpMeeting(ctx context.Context, f FollowUp) error {
	f.Words = strings.TrimSpace(valid(f.Words))
	switch {
	case !slices.Contains([]string{OutcomeView, OutcomeMaterial, OutcomeQuestion, OutcomeVisit, OutcomeNone}, f.Outcome):
		return ErrForbidden
	case utf8.RuneCountInString(f.Words) < shortestReason:
		return ErrNoReason
	case utf8.RuneCountInString(f.Words) > TabooMost:
		return ErrTooLong
	}
	if seen, err := s.SeesDoctor(ctx, f.Doctor); err != nil || !seen {
		return errors.Join(err, errIf(!seen, ErrNotFound))
	}
	v, _ := Viewing(ctx)
	return s.tx(ctx, func(tx *gorm.DB) error {
		set := map[string]any{"outcome": f.Outcome, "outcome_words": f.Words, "done_by": v.Name, "done_at": s.Now()}
		done := tx.Model(&Attendance{}).Where("meeting = ? AND doctor = ? AND account = ? AND came = ? AND outcome = ''", f.Meeting, f.Doctor, s.Account(), DidAttend).UpdateColumns(set)
		if done.Error != nil {
			return fmt.Errorf("recording a follow-up: %w", done.Error)
		}
		if done.RowsAffected == 0 {
			return ErrMoved
		}
		return s.audit(tx, Audit{Action: "meeting_follow", Object: "doctor:" + f.Doctor, Detail: "meeting:" + f.Meeting + " " + f.Outcome})
	})
}

// MeetingCalls are the follow-ups that wait for the person of the context until a moment, the longest waiting first, at most limit: a rep's own, else all that the
// person may see.
func (s *Store) MeetingCalls(ctx context.Context, until time.Time, limit int) ([]MeetingCall, error) {
	q := s.read(ctx).Model(&Attendance{}).Where("attendances.account = ? AND done_at = 0 AND follow_until > 0 AND follow_until <= ?", s.Account(), until.UnixMilli())
	q, err := s.within(ctx, q, "attendances.doctor")
	if err != nil {
		return nil, err
	}
	if v, ok := Viewing(ctx); ok && v.Reach == ReachOwn {
		q = q.Where("follow_rep = ?", v.Rep)
	}
	var rows []Attendance
	if err := q.Order("follow_until").Order("meeting, doctor").Limit(limit).Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("reading follow-ups: %w", err)
	}
	return s.meetingCalls(ctx, rows)
}

// giveCalls gives the follow-ups that wait for doctors to the rep who looks after them now; "" = nobody does.
func giveCalls(tx *gorm.DB, rep string, doctors []string) error {
	waiting := tx.Model(&Attendance{}).Where("doctor IN ? AND done_at = 0 AND follow_until > 0", doctors)
	if rep != "" {
		waiting = waiting.Where(fmt.Sprintf(shared, "attendances.doctor"), PurposeShare)
	}
	if err := waiting.UpdateColumn("follow_rep", rep).Error; err != nil {
		return fmt.Errorf("giving follow-ups away: %w", err)
	}
	return nil
}
