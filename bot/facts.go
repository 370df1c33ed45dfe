package bot

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/vrep/vrep/flows"
	"github.com/vrep/vrep/store"
)

// facts is what is known about the doctor besides the talk. It is read from the database, or carried from turn to turn in the session store; both ways
// must give the same value. Doctor.Version tells the database whether it is still true.
type facts struct {
	Doctor   store.Doctor           `json:"doctor"`
	Profile  map[string]flows.Known `json:"profile,omitempty"`
	Consents map[string]string      `json:"consents,omitempty"` // purpose → policy, granted ones only
	Tags     []string               `json:"tags,omitempty"`     // sorted
	Sent     []string               `json:"given,omitempty"`    // content ids, sorted
	OpenCase string                 `json:"case,omitempty"`
	Off      bool                   `json:"off,omitempty"` // the doctor does not want to be remembered by preferences
	Derived  derived                `json:"derived,omitzero"`
}

func factsOf(f store.DoctorFile) facts {
	out := facts{Doctor: f.Doctor, Sent: slices.Clone(f.Sent), OpenCase: f.OpenCase, Derived: derivedOf(f)}
	for _, v := range f.Portrait {
		out.know(v)
	}
	for _, c := range f.Consents {
		out.consent(c)
	}
	for _, t := range f.Tags {
		out.tag(t)
	}
	slices.Sort(out.Sent)
	out.Doctor.RefreshAt = 0 // of no concern to a turn
	return out
}

// know takes over one profile value. An unreadable one counts as unknown, so that it is asked again.
func (f *facts) know(v store.PortraitValue) {
	var value flows.Value
	if err := json.Unmarshal([]byte(v.Value), &value); err != nil || value.IsNone() || v.Value == store.Cleared {
		delete(f.Profile, v.Field)
		return
	}
	if f.Profile == nil {
		f.Profile = map[string]flows.Known{}
	}
	f.Profile[v.Field] = flows.Known{Value: value, Label: v.Label, At: time.UnixMilli(v.At).UTC(), Source: v.Source}
}

func (f *facts) consent(c store.Consent) {
	if c.Purpose == store.PurposePortrait {
		f.Off = c.Refused()
	}
	if !c.Granted {
		delete(f.Consents, c.Purpose)
		return
	}
	if f.Consents == nil {
		f.Consents = map[string]string{}
	}
	f.Consents[c.Purpose] = c.Policy
}

func (f *facts) tag(t store.Tag) {
	i, found := slices.BinarySearch(f.Tags, t.Tag)
	switch {
	case t.RemovedAt == 0 && !found:
		f.Tags = slices.Insert(f.Tags, i, t.Tag)
	case t.RemovedAt != 0 && found:
		f.Tags = slices.Delete(f.Tags, i, i+1)
	}
}

func (f *facts) given(content string) {
	if i, found := slices.BinarySearch(f.Sent, content); !found {
		f.Sent = slices.Insert(f.Sent, i, content)
	}
}

// copied is a facts value whose maps and slices can be changed without changing f.
func (f facts) copied() facts {
	profile := make(map[string]flows.Known, len(f.Profile))
	for k, v := range f.Profile {
		profile[k] = v
	}
	consents := make(map[string]string, len(f.Consents))
	for k, v := range f.Consents {
		consents[k] = v
	}
	f.Profile, f.Consents, f.Tags, f.Sent = profile, consents, slices.Clone(f.Tags), slices.Clone(f.Sent)
	return f
}

// after is the facts once the turn is committed: what a fresh read of the database would give.
func (f facts) after(t *store.Turn) facts {
	f = f.copied()
	f.Doctor, f.Derived = t.Doctor, f.Derived.after(t)
	if t.Blank > 0 || t.Erase != "" {
		f.Profile, f.Tags = nil, nil
	}
	if t.Erase != "" {
		f.Consents, f.Sent, f.Off = nil, nil, false
	}
	for _, v := range t.Portrait {
		f.know(v)
	}
	for _, c := range t.Consents {
		f.consent(c)
	}
	for _, g := range t.Tags {
		f.tag(g)
	}
	for _, s := range t.Sent {
		f.given(s.Content)
	}
	for _, c := range t.Cases {
		switch {
		case c.Status == store.CaseOpen:
			f.OpenCase = c.No
		case c.No == f.OpenCase:
			f.OpenCase = ""
		}
	}
	return f
}

// forEngine is the engine's view of the facts for turn seq; house is what texts print about the account.
func (f facts) forEngine(seq int64, now time.Time, house map[string]string, reads flows.Reads) flows.Facts {
	out := flows.Facts{
		Doctor: f.Doctor.ID, Level: f.Doctor.Level, Lapsed: f.Doctor.Level == store.LevelDeclared && f.Doctor.VerifiedAt > 0,
		Barred: f.Doctor.Level == store.LevelRejected && now.UnixMilli() < f.Doctor.ReverifyAt, Profile: f.Profile, Consents: f.Consents, OptedOut: f.Doctor.OptedOut,
		PersonalOff: f.Off,
		Tags:        make(map[string]bool, len(f.Tags)), Sent: make(map[string]bool, len(f.Sent)),
		CaseNo: caseNo(f.Doctor.ID, seq, now), OpenCase: f.OpenCase, Account: house, Reads: reads,
	}
	f.Derived.into(&out, now)
	for _, t := range f.Tags {
		out.Tags[t] = true
	}
	for _, c := range f.Sent {
		out.Sent[c] = true
	}
	return out
}

// caseLetters are Crockford's base 32: no I, L, O or U, so that a number can be read out on the telephone.
const caseLetters = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

// caseNo is the number of an adverse event case opened by turn seq: the day and six letters of a hash over conversation and turn. No counter is needed,
// and the same turn decided twice gives the same number.
func caseNo(conversation string, seq int64, now time.Time) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%s\x00%d", conversation, seq))
	n := binary.BigEndian.Uint64(sum[:])
	var short [6]byte
	for i := range short {
		short[i] = caseLetters[n%32]
		n /= 32
	}
	return "AE-" + now.Format("20060102") + "-" + string(short[:])
}
