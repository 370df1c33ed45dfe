package conformance

import (
	"context"
	"time"

	"github.com/vrep/vrep/sim"
)

// message kinds as the platform documents them, without their frame; values that no account has.
var messageKinds = []struct {
	name   string
	fields []sim.Field
}{
	{"text", []sim.Field{text("Content", "hello")}},
	{"text", []sim.Field{text("Content", "A"), number("bizmsgmenuid", "101")}},
	{"image", []sim.Field{text("PicUrl", "http://mmbiz.qpic.cn/conformance"), text("MediaId", "media-conformance")}},
	{"voice", []sim.Field{text("MediaId", "media-conformance"), text("Format", "amr"), text("Recognition", "hello")}},
	{"video", []sim.Field{text("MediaId", "media-conformance"), text("ThumbMediaId", "thumb-conformance")}},
	{"shortvideo", []sim.Field{text("MediaId", "media-conformance"), text("ThumbMediaId", "thumb-conformance")}},
	{"location", []sim.Field{number("Location_X", "39.913818"), number("Location_Y", "116.363625"), number("Scale", "20"), text("Label", "Beijing")}},
	{"link", []sim.Field{text("Title", "title"), text("Description", "about"), text("Url", "https://example.com/")}},
	{"miniprogrampage", []sim.Field{text("Title", "title"), text("AppId", "wx1234567890abcdef"), text("PagePath", "pages/index"), text("ThumbUrl", "https://example.com/"), text("ThumbMediaId", "thumb")}},
	{"from_the_future", []sim.Field{text("Marvel", "yes"), {Name: "Deep", Parts: []sim.Field{number("Count", "1"), {Name: "Item", Parts: []sim.Field{text("Name", "x")}, Many: true}}}}},
}

var scanned = sim.Field{Name: "ScanCodeInfo", Parts: []sim.Field{text("ScanType", "qrcode"), text("ScanResult", "1")}}

var pictures = sim.Field{Name: "SendPicsInfo", Parts: []sim.Field{number("Count", "1"),
	{Name: "PicList", Parts: []sim.Field{{Name: "item", Parts: []sim.Field{text("PicMd5Sum", "5a75aaca956d97be686719218f275c6b")}, Many: true}}}}}

var selected = sim.Field{Name: "SendLocationInfo", Parts: []sim.Field{text("Location_X", "23"), text("Location_Y", "113"), text("Scale", "15"), text("Label", "x"), text("Poiname", "")}}

// popup has two templates in one push, the documented shape.
func popup(outer, item string, answers ...sim.Field) sim.Field {
	in := sim.Field{Name: outer}
	for _, id := range []string{"tmpl-a", "tmpl-b"} {
		in.Parts = append(in.Parts, sim.Field{Name: item, Many: true, Parts: append([]sim.Field{text("TemplateId", id)}, answers...)})
	}
	return in
}

// eventKinds are the events, and one that does not exist yet.
var eventKinds = []struct {
	name   string
	fields []sim.Field
}{
	{"subscribe", []sim.Field{text("EventKey", "")}},
	{"subscribe", []sim.Field{text("EventKey", "qrscene_conformance"), text("Ticket", "ticket")}},
	{"SCAN", []sim.Field{text("EventKey", "conformance"), text("Ticket", "ticket")}},
	{"LOCATION", []sim.Field{number("Latitude", "23.137466"), number("Longitude", "113.352425"), number("Precision", "119.385040")}},
	{"CLICK", []sim.Field{text("EventKey", "conformance")}},
	{"VIEW", []sim.Field{text("EventKey", "https://example.com/"), text("MenuId", "400000000")}},
	{"view_miniprogram", []sim.Field{text("EventKey", "pages/index"), text("MenuId", "400000000")}},
	{"scancode_push", []sim.Field{text("EventKey", "conformance"), scanned}},
	{"scancode_waitmsg", []sim.Field{text("EventKey", "conformance"), scanned}},
	{"pic_sysphoto", []sim.Field{text("EventKey", "conformance"), pictures}},
	{"pic_photo_or_album", []sim.Field{text("EventKey", "conformance"), pictures}},
	{"pic_weixin", []sim.Field{text("EventKey", "conformance"), pictures}},
	{"location_select", []sim.Field{text("EventKey", "conformance"), selected}},
	{"TEMPLATESENDJOBFINISH", []sim.Field{number("MsgID", "200163836"), text("Status", "failed:user block")}},
	{"MASSSENDJOBFINISH", []sim.Field{number("MsgID", "1000001625"), text("Status", "send success"), number("TotalCount", "100"), number("FilterCount", "80"), number("SentCount", "75"), number("ErrorCount", "5")}},
	{"PUBLISHJOBFINISH", []sim.Field{{Name: "PublishEventInfo", Parts: []sim.Field{text("publish_id", "2247503051"), number("publish_status", "0"), text("article_id", "b5O2OUs25HBxRceL7hfReg")}}}},
	{"subscribe_msg_popup_event", []sim.Field{popup("SubscribeMsgPopupEvent", "List", text("SubscribeStatusString", "accept"), text("PopupScene", "2"))}},
	{"subscribe_msg_change_event", []sim.Field{popup("SubscribeMsgChangeEvent", "List", text("SubscribeStatusString", "reject"))}},
	{"subscribe_msg_sent_event", []sim.Field{popup("SubscribeMsgSentEvent", "List", text("MsgID", "1700827132819554304"), number("ErrorCode", "0"), text("ErrorStatus", "success"))}},
	{"event_from_the_future", []sim.Field{text("EventKey", "x"), {Name: "Deep", Parts: []sim.Field{number("Count", "1")}}}},
	{"unsubscribe", []sim.Field{text("EventKey", "")}},
}

// kindCases: whatever the platform sends is handled, also what the server has no use for.
func kindCases() []kase {
	var out []kase
	for _, k := range messageKinds {
		name := "kinds/" + k.name
		if len(k.fields) == 2 && k.name == "text" {
			name += "_of_menu"
		}
		out = append(out, kase{name, func(t *trial, ctx context.Context) error {
			_, err := t.handle(ctx, t.message(t.line, t.doctor(), k.name, k.fields...))
			return err
		}})
	}
	for _, k := range eventKinds {
		name := "kinds/event_" + k.name
		if len(k.fields) == 2 && k.name == "subscribe" {
			name += "_by_code"
		}
		out = append(out, kase{name, func(t *trial, ctx context.Context) error {
			_, err := t.handle(ctx, t.event(t.doctor(), time.Now(), k.name, k.fields...))
			return err
		}})
	}
	return out
}
