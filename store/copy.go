package store

import (
	"context"
	"fmt"

	"gorm.io/gorm"
)

// Copy is everything that is kept of one doctor, whole, oldest first: what the doctor may take along. Adverse event reports are not in it: they are of patients,
// and kept for the authority. Source of the duty: Personal Information Protection Law, article 45.
type Copy struct {
	Doctor       Doctor
	Portrait     []PortraitValue
	Observations []Observation
	Answers      []Answer
	Consents     []Consent
	Tags         []Tag // with those that were taken off
	Suppressions []Suppression
	Ratings      []Rating
	Scores       []Score
	Supers       []Super
	Meetings     []MeetingCall
	Behaviours   []Behaviour
	Pushes       []Push
	Sent         []Sent
	Leads        []Lead
	Visits       []Visit
	Transfers    []Transfer // decided ones: from which rep to which
	Inquiries    []Inquiry
	Rights       []RightsRequest
	Quotes       []Quote
	PeerCards    []PeerCard
	Journal      []Journal // without State
	RepNames     map[string]string
}

// CopyOf reads the copy of one doctor; ErrNotFound. It is for the doctor's own eyes: whoever calls it has made sure who asks, and has recorded it.
func (s *Store) CopyOf(ctx context.Context, id string) (Copy, error) {
	doctors, err := s.doctorsByID(ctx, []string{id})
	if err != nil {
		return Copy{}, err
	}
	c := Copy{Doctor: doctors[id]}
	if c.Doctor.ID == "" {
		return Copy{}, ErrNotFound
	}
	var meetings []Attendance
	of := func(column, order string) *gorm.DB {
		return s.read(ctx).Where(map[string]any{column: id, "account": s.Account()}).Order(order)
	}
	for _, part := range []portraitPart{
		{"portrait", of("doctor", "field"), &c.Portrait}, {"observations", of("doctor", "id"), &c.Observations},
		{"answers", of("conversation", "seq, n"), &c.Answers}, {"consents", of("conversation", "seq, purpose"), &c.Consents},
		{"tags", of("doctor", "tag"), &c.Tags}, {"suppressions", of("doctor", "tag"), &c.Suppressions}, {"ratings", of("doctor", "product"), &c.Ratings},
		{"scores", of("doctor", "name"), &c.Scores}, {"supers", of("doctor", "product"), &c.Supers}, {"attendances", of("doctor", "invited_at, meeting"), &meetings}, {"behaviours", of("doctor", "at, id"), &c.Behaviours}, {"pushes", of("doctor", "at, id"), &c.Pushes},
		{"sent", of("doctor", "at, content"), &c.Sent}, {"leads", of("doctor", "created_at, id"), &c.Leads}, {"visits", of("doctor", "at, id"), &c.Visits},
		{"transfers", of("doctor", "at, id").Where("confirmed_at > 0"), &c.Transfers},
		{"inquiries", of("doctor", "at, id"), &c.Inquiries}, {"requests", of("doctor", "at, id").Omit("token"), &c.Rights},
		{"quotes", of("doctor", "offered_at, id"), &c.Quotes}, {"cards", of("doctor", "made_at, id").Omit("token"), &c.PeerCards},
		{"journal", of("conversation", "seq").Omit("state"), &c.Journal},
	} {
		if err := part.q.Find(part.into).Error; err != nil {
			return Copy{}, fmt.Errorf("reading %s of a doctor: %w", part.name, err)
		}
	}
	if c.Meetings, err = s.meetingCalls(ctx, meetings); err != nil {
		return Copy{}, err
	}
	r := DoctorRecord{Doctor: c.Doctor, Journal: c.Journal, Answers: c.Answers}
	if err := s.openRecord(&r); err != nil {
		return Copy{}, fmt.Errorf("reading a doctor's words: %w", err)
	}
	if err := s.openQuotes(s.read(ctx), c.Quotes); err != nil {
		return Copy{}, err
	}
	c.RepNames, err = s.repNames(ctx)
	return c, err
}
