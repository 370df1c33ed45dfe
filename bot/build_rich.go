package bot

import (
	"strings"

	"github.com/vrep/vrep/flows"
	"github.com/vrep/vrep/store"
)

// offer keeps which question can be answered by a press after this turn.
func (x *builder) offer() {
	x.d.talk.Offer = nil
	if x.can.ChoiceLinks || x.can.ChoiceMenus {
		x.d.talk.Offer = offered(x.before.Talk.Offer, x.d.out.Pending, x.d.out.State.Talk, x.seq)
	}
}

// printed are the lines of the pending question that list its options, "" when there are none.
func printed(p flows.Pending) string {
	var lines []string
	for _, o := range p.Options {
		if o.Label != "" {
			lines = append(lines, o.Line())
		}
	}
	return strings.Join(lines, "\n")
}

// asks tells whether a message shows the pending question with its options.
func (x *builder) asks(message, list string) bool {
	if list == "" {
		list = strings.TrimSpace(x.d.out.Pending.Asked)
	}
	return x.d.talk.Offer != nil && strings.Contains(message, list)
}

// pressable are the options that a text shows and that may be pressed in it.
func (x *builder) pressable(message, list string) []Option {
	if !x.can.ChoiceLinks || !x.asks(message, list) {
		return nil
	}
	return x.d.talk.Offer.options(x.conversation(), x.d.out.Pending)
}

// message is a text that leaves by itself. A reminder, or a flow that the house has begun, brings its question along as a menu, where the account may send one and it is not too long.
func (x *builder) message(text, list string) (kind string, payload any) {
	plain := Text{OpenID: x.in.OpenID, Text: text, Options: x.pressable(text, list)}
	if !x.can.ChoiceMenus || x.input.Kind != flows.InTick && x.begins == nil || x.d.talk.Offer == nil {
		return store.KindText, plain
	}
	head := text
	if !x.asks(text, list) {
		head += between + x.d.out.Pending.Asked
	}
	whole := head
	head = strings.TrimSpace(strings.Replace(head, list, "", 1))
	menu := Menu{OpenID: x.in.OpenID, Head: head, Plain: whole}
	size := len(head)
	for _, o := range x.d.talk.Offer.options(x.conversation(), x.d.out.Pending) {
		says := o.Says()
		if o.Label != "" {
			says = flows.Option{Mark: o.Mark, Label: o.Label}.Line()
		}
		menu.Options = append(menu.Options, MenuOption{ID: o.ID, Text: says})
		size += len(says)
	}
	if max(size, len(whole)) > MaxText {
		return store.KindText, plain
	}
	return store.KindMenu, menu
}

// card is a content item as a page of the mini-program, nil when it has none or the account has no mini-program.
func (x *builder) card(c flows.Content) *MiniPage {
	if c.Mini.Path == "" || x.can.MiniApp == "" {
		return nil
	}
	return &MiniPage{
		OpenID: x.in.OpenID, Content: c.ID, Title: c.Title, AppID: x.can.MiniApp, Path: c.Mini.Path, Thumb: c.Mini.Picture, Plain: c.Title + "\n" + c.URL,
	}
}
