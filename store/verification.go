package store

import (
	"cmp"
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"
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
	Refused    string `json:"refused"`     // with {because}
	Because    string `json:"because"`     // with {reason}, as a person wrote it
	Why        string `json:"why"`         // the lead's "why now"

	Proof map[string]string `json:"proof"` // what is asked for → how the doctor is asked
}

func readVerificationWords() (words verificationWords, err error) {
	if err := json.Unmarshal(verificationFile, &words); err != nil {
		return words, fmt.Errorf("reading verification texts: %w", err)
	}
	return words, nil
}

// Judgement is what a person finds about who a doctor is.
type Judgement struct {
	Passed bool
	Method string // by which it was found; "" = the master data with Master, else by looking up the licence
	Actor  string
	Second string // who agreed to a confirmation beyond what one rep may give alone
	Reason string // told to a doctor who is refused; of a yes what it rests on, never the number itself
	Master string // doctor of master data who this one is: they become one; "" = none
}

// VerifyDoctor writes a judgement about a doctor's identity, with its audit row: level 2 or 9. With a yes the wish that waited behind the verification becomes
// a lead, unless the doctor has left, opted out or not agreed to be named to a rep; then it goes on waiting (see OpenVerifications). With a no the doctor's open
// leads are withdrawn. The doctor is told by service message. ErrNotFound: no such doctor. ErrMoved: it has been decided so already. ErrManyConfirmed: a
// rep's confirmation beyond the limit without a second person. ErrMerge: the doctor of master data is somebody else already.
func (s *Store) VerifyDoctor(ctx context.Context, doctor string, j Judgement) error {
	words, err := readVerificationWords()
	if err != nil {
		return err
	}
	return s.tx(ctx, func(tx *gorm.DB) error {
		if j.Passed && j.Method == MethodRep {
			if err := s.repRoom(tx, j.Actor, j.Second); err != nil {
				return err
			}
		}
		if j.Master != "" {
			if _, err := s.mergeDoctors(tx, doctor, j.Master, MergeByPerson, j.Actor); err != nil {
				return err
			}
		}
		set := s.verified()
		if !j.Passed {
			set = map[string]any{"level": LevelRejected, "verified_at": 0, "reverify_at": s.Now() + RejectedFor.Milliseconds()}
		}
		if err := s.touchDoctor(tx, doctor, set); err != nil {
			return err
		}
		var who Doctor
		if err := tx.Where(map[string]any{"id": doctor}).Take(&who).Error; err != nil {
			return fmt.Errorf("reading doctor: %w", err)
		}
		if err := s.decideVerification(tx, doctor, &j); err != nil {
			return err
		}
		if err := s.afterJudgement(tx, who, j, words); err != nil {
			return err
		}
		act := "verify_" + VerifyRefused
		if j.Passed {
			act = "verify_" + VerifyPassed
		}
		return s.audit(tx, Audit{Actor: j.Actor, Action: act, Object: "doctor:" + doctor, Detail: strings.TrimSpace(j.Method + " " + j.Second), Reason: j.Reason})
	})
}

// afterJudgement writes its history, frees or ends what waited for it, and tells the doctor.
func (s *Store) afterJudgement(tx *gorm.DB, who Doctor, j Judgement, words verificationWords) error {
	check := ProfileCheck{Doctor: who.ID, Method: j.Method, Level: who.Level, Actor: j.Actor, Second: j.Second, Evidence: j.Reason, Until: who.ReverifyAt}
	if err := s.addCheck(tx, check); err != nil {
		return err
	}
	if !j.Passed {
		if err := s.withdrawOpen(tx, who.ID, ReasonUnverified, j.Actor); err != nil {
			return err
		}
		why := ""
		if j.Reason != "" {
			why = strings.ReplaceAll(words.Because, "{reason}", j.Reason)
		}
		return s.tellVerified(tx, who, strings.ReplaceAll(words.Refused, "{because}", why), words)
	}
	made, err := s.releaseLead(tx, who)
	if err != nil {
		return err
	}
	if made {
		return s.tellVerified(tx, who, words.PassedLead, words)
	}
	return s.tellVerified(tx, who, words.Passed, words)
}

// AskProof asks a doctor who waits to be verified for something more, see the Proof constants; the doctor stays on the worklist. ErrNotFound: nobody waits
// there, or no such proof.
func (s *Store) AskProof(ctx context.Context, doctor, proof, actor string) error {
	words, err := readVerificationWords()
	if err != nil {
		return err
	}
	text := words.Proof[proof]
	if text == "" {
		return ErrNotFound
	}
	return s.tx(ctx, func(tx *gorm.DB) error {
		open := map[string]any{"doctor": doctor, "account": s.Account(), "status": VerifyOpen}
		var rows []Verification
		if err := tx.Where(open).Clauses(clause.Locking{Strength: "UPDATE"}).Find(&rows).Error; err != nil {
			return fmt.Errorf("reading verification: %w", err)
		}
		if len(rows) == 0 {
			return ErrNotFound
		}
		if err := tx.Model(&Verification{}).Where(open).UpdateColumn("asked", proof).Error; err != nil {
			return fmt.Errorf("writing verification: %w", err)
		}
		if err := s.touchDoctor(tx, doctor, nil); err != nil {
			return err
		}
		var who Doctor
		if err := tx.Where(map[string]any{"id": doctor}).Take(&who).Error; err != nil {
			return fmt.Errorf("reading doctor: %w", err)
		}
		if err := s.tellVerified(tx, who, text, words); err != nil {
			return err
		}
		return s.audit(tx, Audit{Actor: actor, Action: "verify_ask", Object: "doctor:" + doctor, Detail: proof})
	})
}

// decideVerification writes the decision. A decision may be corrected; the same one again is ErrMoved. A doctor who never asked gets a row, so that the
// decision leaves a trace.
func (s *Store) decideVerification(tx *gorm.DB, doctor string, j *Judgement) error {
	now, status, reason := s.Now(), VerifyPassed, ""
	if !j.Passed {
		status, reason = VerifyRefused, j.Reason
	}
	row := map[string]any{"doctor": doctor, "account": s.Account()}
	change := map[string]any{"status": status, "decided_at": now, "decided_by": j.Actor, "asked": "", "reason": reason}
	if j.Method == "" && j.Master != "" {
		j.Method = MethodMaster
	}
	j.Method = cmp.Or(j.Method, MethodLicence)
	done := tx.Model(&Verification{}).Where(row).Where("status <> ?", status).UpdateColumns(change)
	if done.Error != nil {
		return fmt.Errorf("deciding verification: %w", done.Error)
	}
	if done.RowsAffected > 0 {
		return nil
	}
	v := Verification{Doctor: doctor, Account: s.Account(), Method: j.Method, Status: status, At: now, DecidedAt: now, DecidedBy: j.Actor, Reason: reason}
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
	words, err := readVerificationWords()
	if err != nil {
		return false, err
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
func (s *Store) tellVerified(tx *gorm.DB, who Doctor, text string, words verificationWords) error {
	if !who.Followed || who.OptedOut {
		return nil
	}
	text = strings.ReplaceAll(text, "{name}", who.Name+words.Doctor)
	body, err := json.Marshal(Text{OpenID: who.OpenID, Text: text})
	if err != nil {
		return fmt.Errorf("encoding text: %w", err)
	}
	key := "verify:" + who.ID + ":" + strconv.FormatInt(who.Version, 10)
	return s.addEffects(tx, []Effect{{Key: key, Lane: DoctorLane(who.ID), Kind: KindText, Body: body, Intent: IntentNotice}})
}
