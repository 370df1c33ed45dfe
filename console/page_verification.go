package console

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"

	"github.com/vrep/vrep/store"
)

// fieldLicence is the field of the portrait with the number by which a person looks a doctor up. Its name is that of the shipped profile.
const fieldLicence = "licence_no"

// alikeShown is the number of doctors of master data that may be the one who waits.
const alikeShown = 10

// judged is the page of one doctor who is, or was, to be verified.
type judged struct {
	store.DoctorRecord
	Checks   []store.ProfileCheck // newest first
	Alike    []store.Doctor
	Licence  string // masked, "" = not given
	Same     int64  // other doctors who gave the same number
	Lapsed   bool
	Decides  bool // may judge
	Confirms bool // may say that they have met the doctor
	Reveals  bool // may read the number, for a reason
	Methods  []string
	Proofs   []string
	Revealed *revealed
}

func (c *Console) pageVerification(w http.ResponseWriter, v *request) error {
	return c.showVerification(w, v, nil)
}

func (c *Console) showVerification(w http.ResponseWriter, v *request, shown *revealed) error {
	id := v.PathValue("id")
	rec, err := c.store.DoctorRecord(v.Context(), id)
	if err != nil {
		return err
	}
	if rec.Doctor.Erased() || rec.Doctor.OpenID == "" {
		return store.ErrNotFound
	}
	if err := c.store.AddAudit(v.Context(), store.Audit{Actor: v.user.Name, Action: "view_verification", Object: "doctor:" + id}); err != nil {
		return err
	}
	waits := rec.Doctor.Level != store.LevelVerified
	j := judged{
		DoctorRecord: rec, Revealed: shown, Lapsed: rec.Doctor.Level == store.LevelDeclared && rec.Doctor.VerifiedAt > 0,
		Decides: c.mayDo(v, "/console/verifications/{id}/decide"), Confirms: waits && c.mayDo(v, "/console/verifications/{id}/confirm"),
		Reveals: c.mayDo(v, "/console/verifications/{id}/reveal"),
		Methods: []string{store.MethodLicence, store.MethodRep}, Proofs: []string{store.ProofLicence, store.ProofInvite, store.ProofRep},
	}
	for _, p := range rec.Portrait {
		if p.Field == fieldLicence {
			j.Licence = cmp.Or(p.Label, valueOf(p.Value).Str())
		}
	}
	if j.Checks, err = c.store.Checks(v.Context(), id); err != nil {
		return err
	}
	if !j.Decides {
		return c.show(w, v, "verification", j)
	}
	if j.Same, err = c.store.SameSecret(v.Context(), id, fieldLicence); err != nil {
		return err
	}
	if waits {
		if j.Alike, err = c.store.Alike(v.Context(), rec.Doctor, alikeShown); err != nil {
			return err
		}
	}
	return c.show(w, v, "verification", j)
}

// doJudge records what a person has found about who a doctor is.
func (c *Console) doJudge(w http.ResponseWriter, v *request) error {
	id := v.PathValue("id")
	reason, err := reasonOf(v)
	if err != nil {
		return err
	}
	decision := v.PostForm.Get("decision")
	j := store.Judgement{
		Passed: decision == store.VerifyPassed, Actor: v.user.Name, Reason: reason, Method: v.PostForm.Get("method"), Master: v.PostForm.Get("master"),
	}
	switch {
	case decision != store.VerifyPassed && decision != store.VerifyRefused, !slices.Contains([]string{"", store.MethodLicence, store.MethodRep}, j.Method):
		return store.ErrNotFound
	case !j.Passed && len([]rune(reason)) < 2:
		return c.back(w, v, "unreasoned", "/console/verifications/"+id)
	}
	notice := "refused"
	if j.Passed {
		notice = "verified"
	}
	return c.afterJudging(w, v, id, c.store.VerifyDoctor(v.Context(), id, j), notice)
}

// doConfirm records that a rep has met the doctor. What is beyond a rep's own limit waits for a second person.
func (c *Console) doConfirm(w http.ResponseWriter, v *request) error {
	id := v.PathValue("id")
	reason, err := reasonOf(v)
	if err != nil {
		return err
	}
	if len([]rune(reason)) < 2 {
		return c.back(w, v, "unreasoned", "/console/verifications/"+id)
	}
	rec, err := c.store.DoctorRecord(v.Context(), id)
	if err != nil {
		return err
	}
	if rec.Doctor.Level == store.LevelVerified || rec.Doctor.Level == store.LevelRejected {
		return c.back(w, v, "gone", "/console/verifications/"+id)
	}
	j := store.Judgement{Passed: true, Method: store.MethodRep, Actor: v.user.Name, Reason: reason}
	err = c.store.VerifyDoctor(v.Context(), id, j)
	if errors.Is(err, store.ErrManyConfirmed) {
		body := actBody{"doctor": id, "place": reason}
		return c.propose(w, v, store.ActVerify, "doctor:"+id, body, reason, "/console/verifications/"+id)
	}
	return c.afterJudging(w, v, id, err, "verified")
}

// actVerify is a rep's confirmation to which a second person has agreed.
func (c *Console) actVerify(ctx context.Context, a store.Approval) error {
	body, err := bodyOf(a)
	if err != nil {
		return err
	}
	second, ok := store.Viewing(ctx)
	if !ok {
		return fmt.Errorf("confirming a doctor: %w", store.ErrForbidden)
	}
	j := store.Judgement{Passed: true, Method: store.MethodRep, Actor: a.Actor, Second: second.Name, Reason: body["place"]}
	if err := c.store.VerifyDoctor(ctx, body["doctor"], j); err != nil {
		return err
	}
	c.desk.Wake()
	return nil
}

// doAskProof asks the doctor for something more.
func (c *Console) doAskProof(w http.ResponseWriter, v *request) error {
	if err := v.ParseForm(); err != nil {
		return err
	}
	id := v.PathValue("id")
	return c.afterJudging(w, v, id, c.store.AskProof(v.Context(), id, v.PostForm.Get("proof"), v.user.Name), "proof_asked")
}

func (c *Console) afterJudging(w http.ResponseWriter, v *request, id string, err error, done string) error {
	to := "/console/verifications/" + id
	switch {
	case errors.Is(err, store.ErrMoved):
		return c.back(w, v, "gone", to)
	case errors.Is(err, store.ErrMerge):
		return c.back(w, v, "merge_refused", to)
	case errors.Is(err, store.ErrManyConfirmed):
		return c.back(w, v, "many_confirmed", to)
	case err != nil:
		return err
	}
	c.desk.Wake()
	return c.back(w, v, done, to)
}

// doRevealLicence shows the number to somebody who says why. It answers with the page and no redirect: the value is kept nowhere.
func (c *Console) doRevealLicence(w http.ResponseWriter, v *request) error {
	r, err := c.reveal(v, fieldLicence)
	if err != nil {
		return err
	}
	return c.showVerification(w, v, r)
}
