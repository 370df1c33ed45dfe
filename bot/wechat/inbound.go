package wechat

import (
	"crypto/sha256"
	"encoding/hex"
	"strconv"
	"strings"
	"time"

	"github.com/vrep/vrep/bot"
)

// maxKey is the longest key of an inbound event, in bytes: the width of the journal's column.
const maxKey = 64

// maxKind is the longest MsgType that is kept, in bytes.
const maxKind = 24

// inbound makes a bot.Inbound of a letter; account is the app id. It refuses a letter without a sender.
func inbound(account string, l letter, received time.Time) (bot.Inbound, error) {
	f := l.fields
	in := bot.Inbound{
		Account: account,
		OpenID:  f.text("FromUserName"),
		Kind:    f.text("MsgType"),
		MediaID: cut(f.text("MediaId"), 256),
		SentAt:  sentAt(f.text("CreateTime"), received),
	}
	if !identifier(in.OpenID) || l.query.openid != "" && l.query.openid != in.OpenID {
		return bot.Inbound{}, refusal(RefusedIdentity)
	}
	if in.Kind == "" || len(in.Kind) > maxKind || !all(in.Kind, func(c byte) bool { return letterOrDigit(c) || c == '_' }) {
		return bot.Inbound{}, refusal(RefusedShape)
	}
	switch in.Kind {
	case "text":
		in.Text = f.text("Content")
	case "voice":
		in.Text = f.text("Recognition")
	case "image":
		in.Detail = cut(f.text("PicUrl"), 1024)
	case "location":
		in.Text, in.Place = f.text("Label"), place(f.text("Location_X"), f.text("Location_Y"))
	case "link":
		in.Detail = join(f.text("Title"), f.text("Url"))
	case "event":
		in.Event, in.EventKey = cut(f.text("Event"), maxKey), f.text("EventKey")
	}
	if id := f.text("MsgId"); in.Kind != "event" && identifierOrBase64(id) {
		in.MsgID = id
	}
	in.Key = key(in, l)
	return in, nil
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
// reply to another. Events have no id and several may come in one second, so their key is a hash of who, when, what and everything else that was said.
// The sender is only in the hash: keys are no place for openids.
func key(in bot.Inbound, l letter) string {
	if in.MsgID != "" {
		return "m|" + digest(in.Account, in.OpenID, in.MsgID)
	}
	f := l.fields
	return "e|" + digest(in.Account, in.OpenID, f.text("CreateTime"), in.Kind, in.Event, in.EventKey, string(l.plain))
}

// digest is 62 hex digits of SHA-256 over the parts with their lengths.
func digest(parts ...string) string {
	h := sha256.New()
	for _, p := range parts {
		h.Write([]byte(strconv.Itoa(len(p)) + ":" + p))
	}
	return hex.EncodeToString(h.Sum(nil))[:maxKey-2]
}

// sentAt reads CreateTime, in seconds; an odd one does not cost the message.
func sentAt(seconds string, received time.Time) time.Time {
	n, err := strconv.ParseInt(strings.TrimSpace(seconds), 10, 64)
	if err != nil || n <= 0 || n > 1<<40 {
		return received.UTC()
	}
	return time.Unix(n, 0).UTC()
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
