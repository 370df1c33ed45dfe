package store

import (
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"gorm.io/gorm"
)

// PurposeShare is the consent without which no rep hears of a doctor.
const PurposeShare = "share_with_rep"

// ReasonUnverified is the reason for which the leads of a doctor who turns out to be none are withdrawn.
const ReasonUnverified = "unverified"

// releasedWithin is how soon a lead that waited for the verification is to be accepted: an explicit wish is a hot lead.
const releasedWithin = 24 * time.Hour

//go:embed verification_words.json
var verificationFile []byte

// verificationWords are the texts that tell a doctor the result, with {name} for how the doctor is called.
type verificationWords struct {
	Doctor     string `json:"doctor"`      // what follows a name, and stands for a missing one
	Passed     string `json:"passed"`      // nothing waited
	PassedLead string `json:"passed_lead"` // the waiting wish is now a lead
	Refused    string `json:"refused"`
	Why        string `json:"why"` // the lead's "why now"
}

// VerifyDoctor decides about a doctor's identity: level 2 or 9. With a yes the wish that waited behind the verification becomes a lead, unless the doctor
// has left, opted out or not agreed to be named to a rep; then it goes on waiting (see OpenVerifications). With a no the doctor's open leads are withdrawn.
// The doctor is told by service message. ErrNotFound: no such doctor. ErrMoved: it has been decided so already.
func (s *Store) VerifyDoctor(ctx context.Context, doctor string, passed bool, actor string) error {
	var words verificationWords
	if err := json.Unmarshal(verificationFile, &words); err != nil {
		return fmt.Errorf("reading verification texts: %w", err)
	}
	return s.tx(ctx, func(tx *gorm.DB) error {
		level, status, text := LevelRejected, VerifyRefused, words.Refused
		if passed {
			level, status, text = LevelVerified, VerifyPassed, words.Passed
		}
		if err := s.touchDoctor(tx, doctor, map[string]any{"level": level}); err != nil {
			return err
		}
		var who Doctor
		if err := tx.Where(map[string]any{"id": doctor}).Take(&who).Error; err != nil {
			return fmt.Errorf("reading doctor: %w", err)
		}
		if err := s.decideVerification(tx, doctor, status, actor); err != nil {
			return err
		}
		if !passed {
			if err := s.withdrawOpen(tx, doctor, ReasonUnverified, actor); err != nil {
				return err
			}
			return s.tellVerified(tx, who, strings.ReplaceAll(text, "{name}", who.Name+words.Doctor))
		}
		made, err := s.releaseLead(tx, who)
		if err != nil {
			return err
		}
		if made {
			text = words.PassedLead
		}
		return s.tellVerified(tx, who, strings.ReplaceAll(text, "{name}", who.Name+words.Doctor))
	})
}

// decideVerification writes the decision. A decision may be corrected; the same one again is ErrMoved. A doctor who never asked gets a row, so that the
// decision leaves a trace.
func (s *Store) decideVerification(tx *gorm.DB, doctor, status, actor string) error {
	now := s.Now()
	row := map[string]any{"doctor": doctor, "account": s.Account()}
	change := map[string]any{"status": status, "decided_at": now, "decided_by": actor}
	done := tx.Model(&Verification{}).Where(row).Where("status <> ?", status).UpdateColumns(change)
	if done.Error != nil {
		return fmt.Errorf("deciding verification: %w", done.Error)
	}
	if done.RowsAffected > 0 {
		return nil
	}
	v := Verification{Doctor: doctor, Account: s.Account(), Method: SourceConsole, Status: status, At: now, DecidedAt: now, DecidedBy: actor}
	made, err := create(tx, &v)
	if err != nil {
		return fmt.Errorf("writing verification: %w", err)
	}
	if !made {
		return ErrMoved
	}
	return nil
}

// releasePassed is releaseLead for a turn that has verified the doctor, or in which a verified doctor has agreed to be named to a rep.
func (s *Store) releasePassed(tx *gorm.DB, t *Turn) error {
	passed := t.Verify != nil && t.Verify.Status == VerifyPassed
	agreed := t.Doctor.Level == LevelVerified && slices.ContainsFunc(t.Consents, func(c Consent) bool { return c.Purpose == PurposeShare && c.Granted })
	if !passed && !agreed {
		return nil
	}
	_, err := s.releaseLead(tx, t.Doctor)
	return err
}

// releaseLead turns the wish that waits behind a verification into a lead; false when nothing waits or nobody may hear of the doctor.
func (s *Store) releaseLead(tx *gorm.DB, who Doctor) (bool, error) {
	var waiting []Verification
	mine := map[string]any{"doctor": who.ID, "account": s.Account()}
	if err := tx.Where(mine).Where("lead_kind <> ''").Limit(1).Find(&waiting).Error; err != nil {
		return false, fmt.Errorf("reading verification: %w", err)
	}
	if len(waiting) == 0 || !who.Followed || who.OptedOut {
		return false, nil
	}
	shared, err := s.sharing(tx, []string{who.ID})
	if err != nil || !shared[who.ID] {
		return false, err
	}
	var words verificationWords
	if err := json.Unmarshal(verificationFile, &words); err != nil {
		return false, fmt.Errorf("reading verification texts: %w", err)
	}
	v := waiting[0]
	lead := Lead{
		ID: newID("verified", who.ID, v.LeadKind, strconv.FormatInt(v.At, 10)), Doctor: who.ID, Kind: v.LeadKind, Status: LeadNew, Level: "hot",
		Explicit: true, Lines: "[]", Why: words.Why, Note: v.LeadNote, DueAt: s.Now() + releasedWithin.Milliseconds(),
	}
	completeLead(&lead, s.Account(), s.Now())
	if err := writeLeads(tx, []Lead{lead}); err != nil {
		return false, fmt.Errorf("writing lead: %w", err)
	}
	return true, s.settleWish(tx, who, actorBot)
}

// tellVerified puts the message to the doctor into the outbox; who has left or opted out hears nothing.
func (s *Store) tellVerified(tx *gorm.DB, who Doctor, text string) error {
	if !who.Followed || who.OptedOut {
		return nil
	}
	body, err := json.Marshal(Text{OpenID: who.OpenID, Text: text})
	if err != nil {
		return fmt.Errorf("encoding text: %w", err)
	}
	key := "verify:" + who.ID + ":" + strconv.FormatInt(who.Version, 10)
	return s.addEffects(tx, []Effect{{Key: key, Lane: DoctorLane(who.ID), Kind: KindText, Body: body, Intent: IntentNotice}})
}
