package wechat

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/vrep/vrep/bot"
)

// maxKey is the longest key of an inbound event, in bytes: the width of the journal's column.
const maxKey = 64

// maxKind is the longest MsgType that is kept, in bytes.
const maxKind = 24

// kindOther is the kind of a message whose MsgType is missing or no word.
const kindOther = "other"

// inbound makes a bot.Inbound of a letter; account is the app id.
func inbound(account string, l letter, received time.Time) (bot.Inbound, error) {
	in, err := inboundOf(account, l.fields, received)
	if err == nil && l.query.openid != "" && l.query.openid != in.OpenID {
		return bot.Inbound{}, refusal(RefusedIdentity)
	}
	return in, err
}

// ReadMessage reads an opened callback, XML or JSON; account is the app id. It refuses what is neither and what has no
// sender, with an error that tells nothing of it. Whoever calls it has checked where the message comes from.
func ReadMessage(account string, plain []byte, received time.Time) (bot.Inbound, error) {
	f, err := read(plain)
	if err != nil {
		return bot.Inbound{}, refusal(RefusedShape)
	}
	return inboundOf(account, f, received)
}

// inboundOf reads the fields of a message. What it does not know is taken too: with its kind, or as kind "other" when the
// platform's word for it is none.
func inboundOf(account string, f fields, received time.Time) (bot.Inbound, error) {
	in := bot.Inbound{
		Account: account,
		OpenID:  f.text("FromUserName"),
		Kind:    f.text("MsgType"),
		SentAt:  sentAt(f.text("CreateTime"), received),
	}
	if !identifier(in.OpenID) {
		return bot.Inbound{}, refusal(RefusedIdentity)
	}
	if !word(in.Kind, maxKind) {
		in.Kind = kindOther
	}
	if in.Kind == "event" {
		event(&in, f)
	} else {
		content(&in, f)
	}
	in.Key = key(in, f)
	return in, nil
}

// content reads what a doctor has sent.
func content(in *bot.Inbound, f fields) {
	in.MediaID = cut(f.text("MediaId"), 256)
	if id := f.text("MsgId"); identifierOrBase64(id) {
		in.MsgID = id
	}
	switch in.Kind {
	case "text":
		in.Text = f.text("Content")
		if id := f.text("bizmsgmenuid"); word(id, maxKey) {
			in.MenuID = id
		}
	case "voice":
		in.Text = f.text("Recognition")
	case "image":
		in.Detail = cut(f.text("PicUrl"), 1024)
	case "location":
		in.Text, in.Place = f.text("Label"), place(f.text("Location_X"), f.text("Location_Y"))
	case "miniprogrampage":
		in.Detail = join(f.text("Title"), f.text("PagePath"))
	default: // link, file and whatever comes
		in.Detail = join(f.text("Title"), f.text("Url"))
	}
}

// place is "latitude,longitude"; "" when one of them is no number of degrees.
func place(x, y string) string {
	for i, s := range []string{x, y} {
		n, err := strconv.ParseFloat(strings.TrimSpace(s), 64)
		if most := []float64{90, 180}[i]; err != nil || !(n >= -most && n <= most) {
			return ""
		}
	}
	return strings.TrimSpace(x) + "," + strings.TrimSpace(y)
}

// key recognises a repeated delivery. Messages have an id; the sender belongs to the key too, so that an id that comes twice cannot give one doctor the
// reply to another. Events have no id and several may come in one second, so their key is a hash of who, when, what and everything else that was said,
// in the order of its names: two templates agreed to, two reports, two scans of one second are two events.
// The sender is only in the hash: keys are no place for openids.
func key(in bot.Inbound, f fields) string {
	if in.MsgID != "" {
		return digest('m', []string{in.Account, in.OpenID, in.MsgID}, nil)
	}
	said := slices.Clone(f)
	slices.SortStableFunc(said, func(a, b field) int { return bytes.Compare(a.name, b.name) })
	return digest('e', []string{in.Account, in.OpenID}, said)
}

// digest is the sort and 62 hex digits of SHA-256 over the parts with their lengths.
func digest(sort byte, parts []string, said fields) string {
	var room [512]byte
	text := room[:0]
	for _, p := range parts {
		text = append(append(strconv.AppendInt(text, int64(len(p)), 10), ':'), p...)
	}
	for _, e := range said {
		for _, p := range [...][]byte{e.name, e.value} {
			text = append(append(strconv.AppendInt(text, int64(len(p)), 10), ':'), p...)
		}
	}
	sum := sha256.Sum256(text)
	var out [maxKey]byte
	out[0], out[1] = sort, '|'
	hex.Encode(out[2:], sum[:(maxKey-2)/2])
	return string(out[:])
}

// sentAt reads CreateTime, in seconds; an odd one does not cost the message.
func sentAt(seconds string, received time.Time) time.Time {
	n, err := strconv.ParseInt(strings.TrimSpace(seconds), 10, 64)
	if err != nil || n <= 0 || n > 1<<40 {
		return received.UTC()
	}
	return time.Unix(n, 0).UTC()
}

// word tells whether s is a plain word of at most n bytes: what the platform names kinds and menus with.
func word(s string, n int) bool {
	return len(s) >= 1 && len(s) <= n && all(s, func(c byte) bool { return letterOrDigit(c) || c == '_' || c == '-' })
}

func identifierOrBase64(s string) bool {
	return len(s) >= 1 && len(s) <= maxKey && all(s, func(c byte) bool {
		return letterOrDigit(c) || strings.IndexByte("_-+/=", c) >= 0
	})
}

func join(parts ...string) string {
	var given []string
	for _, p := range parts {
		if p != "" {
			given = append(given, p)
		}
	}
	return strings.Join(given, " ")
}

// cut shortens text to n bytes without breaking a character.
func cut(s string, n int) string {
	if len(s) <= n {
		return s
	}
	return strings.ToValidUTF8(s[:n], "")
}
