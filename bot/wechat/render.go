package wechat

import (
	"bytes"
	"strconv"
	"time"

	"github.com/vrep/vrep/bot"
)

// maxText is the longest text of a message in bytes. Source: WeCom's page on application messages; for the official
// account the limit behind errcode 45002.
const maxText = 2048

// replyRoom is what a passive reply takes beside its words, in bytes: enough that few replies grow their buffer.
const replyRoom = 320

// Render writes a passive reply that is not empty, not yet sealed; from is the account, to the doctor.
func Render(from, to string, r bot.Reply, at time.Time) []byte {
	if r.Text == "" {
		return renderNews(from, to, r.Articles, at)
	}
	return RenderText(from, to, linked(r.Text, r.Options), at)
}

// RenderText writes a passive text reply, not yet sealed; from is the account, to the doctor. A text of more than 2,048
// bytes is cut between two characters.
func RenderText(from, to, text string, at time.Time) []byte {
	text = cut(tidy(text), maxText)
	b := addressed(replyRoom+len(text), from, to, "text", at)
	b = cdata(b, "Content", text)
	return append(b, "</xml>"...)
}

// renderNews writes a passive reply of articles.
func renderNews(from, to string, articles []bot.News, at time.Time) []byte {
	b := addressed(replyRoom*(1+len(articles)), from, to, "news", at)
	b = append(b, "<ArticleCount>"...)
	b = strconv.AppendInt(b, int64(len(articles)), 10)
	b = append(b, "</ArticleCount><Articles>"...)
	for _, a := range articles {
		b = append(b, "<item>"...)
		b = cdata(b, "Title", tidy(a.Title))
		b = cdata(b, "Description", tidy(a.Description))
		b = cdata(b, "PicUrl", tidy(a.Picture))
		b = cdata(b, "Url", tidy(a.URL))
		b = append(b, "</item>"...)
	}
	return append(b, "</Articles></xml>"...)
}

// buttonReply is the passive reply that puts a line in place of a card's buttons; from is the corp, to the rep.
// Source: WeCom's page on updating template cards.
func buttonReply(from, to, text string, at time.Time) []byte {
	b := addressed(replyRoom+len(text), from, to, "update_button", at)
	b = append(b, "<Button>"...)
	b = cdata(b, "ReplaceName", tidy(text))
	return append(b, "</Button></xml>"...)
}

// addressed begins a passive reply in a buffer of n bytes.
func addressed(n int, from, to, kind string, at time.Time) []byte {
	b := append(make([]byte, 0, n), "<xml>"...)
	b = cdata(b, "ToUserName", to)
	b = cdata(b, "FromUserName", from)
	b = append(b, "<CreateTime>"...)
	b = strconv.AppendInt(b, at.Unix(), 10)
	b = append(b, "</CreateTime><MsgType>"...)
	b = append(b, kind...)
	return append(b, "</MsgType>"...)
}

// cdata appends <name><![CDATA[text]]></name>. An end of CDATA within the text is spread over two sections, so that
// the text cannot leave its element.
func cdata(b []byte, name, text string) []byte {
	b = append(append(append(b, '<'), name...), "><![CDATA["...)
	begin := len(b)
	b = append(b, text...)
	if bytes.Contains(b[begin:], []byte("]]>")) {
		b = append(b[:begin], bytes.ReplaceAll(b[begin:], []byte("]]>"), []byte("]]]]><![CDATA[>"))...)
	}
	return append(append(append(b, "]]></"...), name...), '>')
}
