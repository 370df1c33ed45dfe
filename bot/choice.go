package bot

import (
	"hash/fnv"
	"strconv"

	"github.com/vrep/vrep/flows"
)

// Capabilities are what the account may send beside plain text. Everything has a plain form, so all of them may be off.
type Capabilities struct {
	ChoiceLinks bool   // options of a question can be pressed within a reply
	ChoiceMenus bool   // reminders bring the question as a menu message; certified service accounts only
	MiniApp     string // app id of the mini-program that is bound to the account, "" = none
}

// offer is the question whose options were shown last: what a press may answer.
type offer struct {
	Seq   int64    `json:"s"` // turn that first asked it
	Sum   uint64   `json:"k"` // of everything that makes it this question
	Marks []string `json:"m"` // typed alone each of them is the answer
}

// Bounds of an id. The platform's own examples are short numbers, and its SDK reads them as such.
const (
	choiceStep  = 10_000 // room for the option and the check behind the turn
	choiceCheck = 100
	choiceMost  = choiceStep/choiceCheck - 1 // options
)

// ChoiceID is the id of an option (0 = the first) of the question that a conversation was asked in turn seq: a number of nine digits at most until turn
// 100,000. Its last two digits tell it from numbers that others have given.
func ChoiceID(conversation string, seq int64, option int) string {
	n := seq*choiceStep + int64(option+1)*choiceCheck
	return strconv.FormatInt(n+choiceSum(conversation, n), 10)
}

// ReadChoiceID is the reverse of ChoiceID; false for what it has not made, such as the "0" that some accounts are sent instead.
func ReadChoiceID(conversation, id string) (seq int64, option int, ok bool) {
	n, err := strconv.ParseInt(id, 10, 64)
	if err != nil || n < choiceStep || strconv.FormatInt(n, 10) != id {
		return 0, 0, false
	}
	base := n / choiceCheck * choiceCheck
	seq, option = base/choiceStep, int(base%choiceStep/choiceCheck)-1
	return seq, option, option >= 0 && n-base == choiceSum(conversation, base)
}

func choiceSum(conversation string, n int64) int64 {
	h := fnv.New64a()
	h.Write([]byte(conversation))
	h.Write(strconv.AppendInt([]byte{0}, n, 10))
	return int64(h.Sum64() % choiceCheck)
}

// pressed turns the press of an option into what it stands for: its number, when the question still waits; else it is known as lapsed. A press without an
// id of ours is what its label says.
func (t talk) pressed(conversation, menuID string, input flows.Input) flows.Input {
	if menuID == "" || input.Kind != flows.InText {
		return input
	}
	seq, option, ok := ReadChoiceID(conversation, menuID)
	switch {
	case !ok:
	case t.Offer != nil && t.Offer.Seq == seq && option < len(t.Offer.Marks):
		input.Text = t.Offer.Marks[option]
	default:
		input.Lapsed = true
	}
	return input
}

// offered is the offer that stands after turn seq, nil when nothing can be pressed. A question that was asked again without anything between keeps its
// ids, so that the options shown first may still be pressed.
func offered(before *offer, p flows.Pending, talk, seq int64) *offer {
	if !p.Press || len(p.Options) == 0 || len(p.Options) > choiceMost {
		return nil
	}
	h := fnv.New64a()
	for _, s := range []string{strconv.FormatInt(talk, 10), p.Flow, p.Hash, p.ID, strconv.FormatBool(p.Confirming), strconv.Itoa(p.Passed), p.Asked} {
		h.Write([]byte(s))
		h.Write([]byte{0})
	}
	now := &offer{Seq: seq, Sum: h.Sum64(), Marks: make([]string, len(p.Options))}
	for i, o := range p.Options {
		now.Marks[i] = o.Mark
	}
	if before != nil && before.Sum == now.Sum {
		now.Seq = before.Seq
	}
	return now
}

// options are the pending question's options with their ids.
func (o *offer) options(conversation string, p flows.Pending) []Option {
	if o == nil {
		return nil
	}
	out := make([]Option, len(p.Options))
	for i, shown := range p.Options {
		out[i] = Option{ID: ChoiceID(conversation, o.Seq, i), Mark: shown.Mark, Label: shown.Label}
	}
	return out
}
