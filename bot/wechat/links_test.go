package wechat

import (
	"encoding/xml"
	"html"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/vrep/vrep/bot"
)

var reChoiceLink = regexp.MustCompile(`<a href="weixin://bizmsgmenu\?([^"<>]*)">([^<>]*)</a>`)

// TestLinkedSaysWhatIsPrinted: whatever an option says, without its markup the text is the plain one, a press says the option, and nothing is too long.
func TestLinkedSaysWhatIsPrinted(t *testing.T) {
	label := rapid.StringMatching(`[甲乙a-z0-9&%+#="' \]>.]{0,12}[甲丙]`)
	rapid.Check(t, func(t *rapid.T) {
		var options []bot.Option
		text := strings.Repeat("问", rapid.IntRange(0, 640).Draw(t, "long")) + "？"
		for i, l := range rapid.SliceOfN(label, 1, 9).Draw(t, "labels") {
			o := bot.Option{ID: bot.ChoiceID("d", 7, i), Mark: string(rune('1' + i)), Label: l}
			options = append(options, o)
			text += "\n" + o.Mark + ". " + o.Label
		}
		got := linked(text, options)
		if plain := reChoiceLink.ReplaceAllString(got, "$2"); plain != text {
			t.Fatalf("%q became %q", text, got)
		}
		if len(got) > bot.MaxText && got != text {
			t.Fatalf("%d bytes", len(got))
		}
		all := reChoiceLink.FindAllStringSubmatch(got, -1)
		if len(all) != 0 && len(all) != len(options) {
			t.Fatalf("%d of %d options can be pressed: %q", len(all), len(options), got)
		}
		for i, m := range all {
			q, err := url.ParseQuery(html.UnescapeString(m[1]))
			if err != nil || q.Get("msgmenucontent") != options[i].Label || q.Get("msgmenuid") != options[i].ID {
				t.Fatalf("link %q presses %v (%v), want %+v", m[0], q, err, options[i])
			}
		}
	})
}

func TestLinkedFallsBackToPlainText(t *testing.T) {
	two := []bot.Option{{ID: "1", Mark: "1", Label: "是"}, {ID: "2", Mark: "2", Label: "否"}}
	for name, c := range map[string]struct {
		text    string
		options []bot.Option
	}{
		"nothing to press":       {"请问？", nil},
		"not printed":            {"请问？", two},
		"printed in another way": {"请问？\n1. 是\n\n2. 否", two},
		"an angle bracket":       {"请问？\n1. <5\n2. 否", []bot.Option{{ID: "1", Mark: "1", Label: "<5"}, two[1]}},
		"too long":               {strings.Repeat("问", 620) + "\n1. 是\n2. 否", two},
	} {
		if got := linked(c.text, c.options); got != c.text {
			t.Errorf("%s: %q", name, got)
		}
	}
	points := []bot.Option{{ID: "1", Mark: "0"}, {ID: "2", Mark: "1"}}
	if got := reChoiceLink.ReplaceAllString(linked("几分？", points), "$2"); got != "几分？\n0  1" {
		t.Errorf("a scale is shown as %q", got)
	}
}

// TestArticlesAsPassiveReply: the articles are well-formed whatever they say.
func TestArticlesAsPassiveReply(t *testing.T) {
	news := []bot.News{{Title: "文献]]>速览", Description: "三<页>\x02", URL: "https://content.example.com/a?b=1&c=2", Picture: "https://content.example.com/p.png"}, {Title: "二", URL: "https://content.example.com/2"}}
	var got struct {
		ToUserName, FromUserName, MsgType string
		ArticleCount                      int
		Items                             []struct{ Title, Description, PicUrl, Url string } `xml:"Articles>item"`
	}
	if err := xml.Unmarshal(Render("gh", "o1", bot.Reply{Articles: news}, testNow), &got); err != nil {
		t.Fatal(err)
	}
	if got.MsgType != "news" || got.ToUserName != "o1" || got.ArticleCount != 2 || len(got.Items) != 2 {
		t.Fatalf("rendered %+v", got)
	}
	if a := got.Items[0]; a.Title != news[0].Title || a.Description != "三<页>" || a.Url != news[0].URL || a.PicUrl != news[0].Picture {
		t.Errorf("first article %+v", a)
	}
}
