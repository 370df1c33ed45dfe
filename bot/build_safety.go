package bot

import (
	"strconv"

	"github.com/vrep/vrep/flows"
	"github.com/vrep/vrep/store"
)

// The names of the store for what the talk hears. A kind that a talk knows and that is not here would be nameless: a test holds them together.
var (
	caseKinds    = map[string]string{"": store.CaseKindEvent, "ae": store.CaseKindEvent, "special": store.CaseKindSpecial, "quality": store.CaseKindQuality}
	flagKinds    = map[string]string{"benefit": store.FlagBenefit, "count": store.FlagCount, "complaint": store.FlagComplaint, "patient": store.FlagPatient}
	inquiryKinds = map[string]string{"label": store.InquiryLabel, "beyond": store.InquiryBeyond, "compare": store.InquiryCompare, "patient": store.InquiryPatient}
)

// reminded notes in the history of a case that its silent doctor was reminded.
func (x *builder) reminded() {
	no := x.d.talk.State.Case
	if ask := x.d.talk.State.Ask; no == "" && ask != nil {
		no = ask.Case
	}
	if no == "" || x.input.Kind != flows.InTick || !x.urgent || len(x.d.out.Says) == 0 {
		return
	}
	move := store.CaseMove{CaseNo: no, Event: store.CaseEventRemind, Status: store.CaseOpen, Actor: "bot", At: x.now}
	x.turn.CaseMoves = append(x.turn.CaseMoves, move)
}

// aside hands what is for medical information or compliance alone to them. No tag, score or answer comes of it.
func (x *builder) aside() error {
	for i, q := range x.d.out.Inquiries {
		due := store.InquiryWithin
		if q.Urgent {
			due = store.InquiryUrgent
		}
		x.turn.Inquiries = append(x.turn.Inquiries, store.Inquiry{
			ID: rowID("inquiry", x.conversation(), strconv.FormatInt(x.seq, 10), strconv.Itoa(i)), Account: x.in.Account, Doctor: x.conversation(),
			Class: inquiryKinds[q.Class], Words: q.Words, Urgent: q.Urgent, Status: store.InquiryOpen, DueAt: x.now + due.Milliseconds(), At: x.now,
		})
	}
	for i, f := range x.d.out.Flags {
		x.turn.Flags = append(x.turn.Flags, store.Flag{
			ID: rowID("flag", x.conversation(), strconv.FormatInt(x.seq, 10), strconv.Itoa(i)), Account: x.in.Account, Doctor: x.conversation(),
			Kind: flagKinds[f.Kind], Words: f.Words, Status: store.FlagOpen, At: x.now,
		})
	}
	return nil
}
