package conformance

import (
	"context"
	"errors"
	"strings"

	"github.com/vrep/vrep/sim"
)

// oddCases are honest messages that are strange in themselves.
func oddCases() []kase {
	xml := []struct{ name, words string }{
		{"odd/control_character", "hello\x02"},
		{"odd/cdata_end", "hello]]>"},
		{"odd/broken_utf8", "hello\xff\xed\xa0\xbd"},
		{"odd/markup", "</Content></xml><xml>&lt;"},
		{"odd/emoji", "\U0001F600\u200d\U0001F468"},
		{"odd/long_text", strings.Repeat("hello ", 330)},
	}
	var out []kase
	for _, c := range xml {
		out = append(out, kase{c.name, func(t *trial, ctx context.Context) error {
			line := t.lines[0]
			return t.replied(ctx, t.message(line, t.doctor(), "text", text("Content", "hello")), t.message(line, t.doctor(), "text", text("Content", c.words)))
		}})
	}
	return append(out,
		kase{"odd/injected_sender", (*trial).injected},
		kase{"odd/malformed_menu_id", func(t *trial, ctx context.Context) error {
			return t.malformed(ctx, "text", []sim.Field{text("Content", "hello"), number("bizmsgmenuid", "1")}, []sim.Field{text("Content", "hello"), text("bizmsgmenuid", "one")})
		}},
		kase{"odd/malformed_location", func(t *trial, ctx context.Context) error {
			return t.malformed(ctx, "location", []sim.Field{number("Location_X", "39.9"), number("Location_Y", "116.3"), number("Scale", "20"), text("Label", "x")},
				[]sim.Field{text("Location_X", "north"), text("Location_Y", ""), text("Scale", "much"), text("Label", "x")})
		}},
		kase{"odd/malformed_flag", func(t *trial, ctx context.Context) error {
			return t.malformed(ctx, "text", []sim.Field{text("Content", "hello")}, []sim.Field{text("Content", "hello"), text("isrisky", "2"), text("MsgID", "abc")})
		}},
		kase{"odd/other_format", func(t *trial, ctx context.Context) error {
			return t.replied(ctx, t.says(t.doctor(), "hello"), t.message(t.other, t.doctor(), "text", text("Content", "hello")))
		}},
		kase{"odd/no_content", func(t *trial, ctx context.Context) error {
			_, err := t.handle(ctx, t.message(t.line, t.doctor(), "text"))
			return err
		}},
	)
}

func (t *trial) malformed(ctx context.Context, kind string, good, bad []sim.Field) error {
	return t.replied(ctx, t.message(t.line, t.doctor(), kind, good...), t.message(t.line, t.doctor(), kind, bad...))
}

// injected: a doctor types the end of the CDATA section and another sender. The answer must be for the one who wrote, and the other must have said nothing.
func (t *trial) injected(ctx context.Context) error {
	line, victim := t.lines[0], t.doctor()
	before, err := t.handle(ctx, t.message(line, victim, "text", text("Content", "hello")))
	if err != nil {
		return err
	}
	l := t.message(line, t.doctor(), "text", text("Content", "hello]]></Content><FromUserName><![CDATA["+victim+"]]></FromUserName><Content><![CDATA[hello"))
	said, err := t.handle(ctx, l)
	switch {
	case err != nil:
		return err
	case before != "" && said == "":
		return errors.New("no reply, though the harmless text gets one: the message was lost")
	}
	if err := t.effects(ctx, victim, 1); err != nil {
		return err
	}
	return t.effects(ctx, l.doctor, 1)
}
