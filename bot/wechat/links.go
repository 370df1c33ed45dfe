package wechat

import (
	"strings"

	"github.com/vrep/vrep/bot"
)

// pointGap stands between the points of a scale, which are pressed in one line.
const pointGap = "  "

// linked makes the options of a text pressable: "1. " stays before each, so that the number can be typed all the same. The platform's own pages do not
// describe such links (see the decisions), so the text comes back as it was whenever something is doubtful: an option that the text does not print in one
// block, one with an angle bracket, or a text that the markup makes too long.
func linked(text string, options []bot.Option) string {
	if len(options) == 0 {
		return text
	}
	var lines, links []string
	for _, o := range options {
		if strings.ContainsAny(o.Says(), "<>") {
			return text
		}
		link := choiceLink(o)
		if o.Label == "" {
			links = append(links, link)
			continue
		}
		lines, links = append(lines, o.Mark+". "+o.Label), append(links, o.Mark+". "+link)
	}
	out := text + "\n" + strings.Join(links, pointGap)
	if len(lines) > 0 {
		list := strings.Join(lines, "\n")
		at := strings.LastIndex(text, list)
		if at < 0 || len(lines) < len(options) {
			return text
		}
		out = text[:at] + strings.Join(links, "\n") + text[at+len(list):]
	}
	if len(out) > bot.MaxText {
		return text
	}
	return out
}

// choiceLink is one option as a link whose press says it in the doctor's name.
func choiceLink(o bot.Option) string {
	return `<a href="weixin://bizmsgmenu?msgmenucontent=` + queryText.Replace(o.Says()) + `&msgmenuid=` + o.ID + `">` + o.Says() + `</a>`
}

// queryText escapes what ends a value, a query or an attribute. Whatever else the words hold stays as it is: other software of this kind sends it so, and
// three bytes for each would use up the text.
var queryText = strings.NewReplacer("%", "%25", "&", "%26", "+", "%2B", "#", "%23", "=", "%3D", `"`, "%22", "'", "%27", "<", "%3C", ">", "%3E", " ", "%20")
