package store

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"strings"
)

// Turn is everything that one event changes: CommitTurn writes it in one transaction or not at all.
//
// A turn with Blank > 0 forgets the doctor, because consent to the base purpose was refused or taken back. The bodies of the conversation's journal rows
// with Seq >= Blank, this one included, are blanked; every answer, portrait value, tag and score of earlier turns is deleted, and so are the request to
// verify the doctor and what leads repeat of the answers; the doctor's row keeps no identity (see Doctor.Forgotten). What the turn itself brings is
// written afterwards. Consents stay as the proof of what was agreed to and refused, and adverse event cases stay by law. Open leads and unsent effects
// are ended by WithdrawLeads and CancelEffects, which such a turn sets too.
type Turn struct {
	Journal       Journal
	Doctor        Doctor // the whole row after the turn; Version is the one that the turn decided on and is not written
	Answers       []Answer
	Retract       []Retract
	Scan          *Scan // the code that was scanned, nil = none; conversation, turn and account are filled in
	Portrait      []PortraitValue
	Secrets       []Clear // values of protected fields, taken out of the other rows: see Store.Ready
	Tags          []Tag
	Did           []Behaviour // what the doctor did with this turn
	Scores        []Score
	Consents      []Consent
	Cases         []Case     // inserted, or updated when the number exists
	CaseWords     []CaseWord // what the doctor added; numbered when written
	CaseMoves     []CaseMove // numbered when written
	Inquiries     []Inquiry
	Flags         []Flag
	Leads         []Lead // inserted unless one of the kind is open
	Verify        *Verification
	Invite        string // code to be used up by one; the turn fails with ErrInviteUsed when none is left
	Master        string // doctor of master data who this one was found to be: they become one; ErrFactsStale when that is no more so
	Notices       []Notice
	Meetings      []MeetingSaid // answers about meetings
	Pushes        []Push
	Opened        string // push whose flow the turn begins; the turn fails with ErrMoved when somebody else has decided about it
	Sent          []Sent // a row that exists already is left alone and its effect dropped
	Effects       []Effect
	Audits        []Audit        // what the house must be able to show later: a talk that left a recalled version
	Blank         int64          // > 0: the doctor is forgotten, see below
	Rearm         bool           // effects of this doctor that wait for the window become ready
	CancelEffects bool           // effects to this doctor that were not sent are cancelled (unfollow, opt-out)
	Opens         *Allowance     // what the event lets us send; nil = nothing
	Closes        bool           // the doctor left: nothing may be sent any more
	Permits       []PermitChange // one-time notices that the doctor answered about
	CancelPushes  bool           // what was to be sent to this doctor unasked is cancelled, planned or queued
	Rights        []RightsRequest
	Suppress      []Suppression // tags that the doctor has deleted
	Quotes        []Quote       // words that the doctor is asked to let be quoted, in clear; one that is there already is left alone
	Signs         []QuoteSign   // what the doctor decided about such words
	PeerCards     []PeerCard    // cards for colleagues, each with its code
	Erase         string        // cause: the doctor's personal data is erased, see Erasure; what the turn itself brings is written before
	Colleague     string        // what the doctor says about the rep who looks after them, see the Colleague constants; "" = nothing
	WithdrawLeads string        // reason: open leads of this doctor are withdrawn and their reps told ("" = leave them)
	Refresh       bool          // rules look at something that changed and that no row of the turn shows: level, followed, the day of the last message
}

// refreshes tells whether tags, classes and scores are to be derived again after the turn.
func (t *Turn) refreshes() bool {
	changes := len(t.Answers) + len(t.Retract) + len(t.Portrait) + len(t.Tags) + len(t.Consents) + len(t.Cases) + len(t.Leads) + len(t.Sent) + len(t.Did) + len(t.Suppress) +
		len(t.Flags)
	return t.Refresh || t.Colleague != "" || changes > 0 || t.Blank > 0 || t.Erase != ""
}

// Retract marks the stored answers of a question in one talk as no longer counting.
type Retract struct {
	Talk     int64
	Question string
}

// Committed is what CommitTurn answers for an applied or already applied event.
type Committed struct {
	Seq       int64
	Duplicate bool   // the event had been applied before; Reply is the earlier one
	Reply     []byte // as in Journal.Reply
}

// Errors of the store that callers act on. Anything else is a defect or an outage; Unavailable tells the latter.
var (
	// ErrSeqTaken: another instance has committed this turn number; reload and decide again.
	ErrSeqTaken = errors.New("store: turn number taken")
	// ErrFactsStale: the doctor's row was changed outside a turn since the facts were read; reload the facts and decide again.
	ErrFactsStale = errors.New("store: facts are stale")
	// ErrInviteUsed: the invitation code was used up meanwhile; decide again.
	ErrInviteUsed = errors.New("store: invitation used up")
	// ErrKeyTaken: another conversation has used this message key, which is a defect of whoever made the key. Nothing was written.
	ErrKeyTaken = errors.New("store: message key of another conversation")
	// ErrUnavailable: the database cannot be reached or refuses to write. Nothing was accepted.
	ErrUnavailable = errors.New("store: database unavailable")
	// ErrNotFound: no such row.
	ErrNotFound = errors.New("store: not found")
	// ErrMoved: the row has changed since it was read (optimistic version).
	ErrMoved = errors.New("store: changed by someone else")
)

// DoctorID is the id of a doctor and of the conversation: the first 16 bytes of SHA-256 over account and openid, in hex. It is derived, not drawn, so
// that six first messages at once make one doctor, and it shows no openid.
func DoctorID(account, openID string) string {
	sum := sha256.Sum256([]byte(account + "\x00" + openID))
	return hex.EncodeToString(sum[:16])
}

// PurposeBase is the consent without which nothing of a doctor is kept.
const PurposeBase = "base"

// Forgotten is the row of a doctor of whom nothing may be known: without name, hospital, department, title and level.
func (d Doctor) Forgotten() Doctor {
	d.Name, d.Hospital, d.HospitalName, d.Department, d.Title, d.Level = "", "", "", "", "", LevelFollower
	d.VerifiedAt, d.ReverifyAt = 0, 0
	return d
}

// Wiped is the row of a doctor whose personal data was erased. The id stays: it is a digest from which no openid can be read, and it keeps turn numbers
// and message keys of the conversation in order when the same person follows again.
func (d Doctor) Wiped() Doctor {
	d = d.Forgotten()
	d.OpenID, d.Scene, d.LastScene, d.Standing = "", "", "", ""
	d.Followed, d.LastTypedAt, d.WakeAt, d.SealedKey = false, 0, 0, nil
	return d
}

// Erased tells whether the doctor's personal data was erased and nobody has come back since. Who is known from master data and never followed was not.
func (d Doctor) Erased() bool { return d.OpenID == "" && d.MasterKey == nil && d.MergedInto == "" }

// DoctorLane and RepLane name the lanes of the outbox: order is kept within a lane.
func DoctorLane(doctor string) string { return "d:" + doctor }

// Doctor is the id of the doctor to whom an effect goes, "" for one to a rep.
func (e Effect) Doctor() string {
	doctor, ok := strings.CutPrefix(e.Lane, DoctorLane(""))
	if !ok {
		return ""
	}
	return doctor
}

// RepLane is the lane of messages to one rep.
func RepLane(userID string) string { return "r:" + userID }
