package sim

import (
	"bytes"
	"encoding/json"
	"io"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"
)

// upload posts a file as the field media and decodes the answer.
func (r *rig) upload(side, path, name string, raw []byte, fields map[string]string) object {
	r.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	part, err := w.CreateFormFile("media", name)
	if err != nil {
		r.Fatal(err)
	}
	part.Write(raw)
	for k, v := range fields {
		w.WriteField(k, v)
	}
	w.Close()
	req, _ := http.NewRequestWithContext(r.Context(), "POST", r.http.URL+"/_sim/api/"+side+path, &body)
	req.Header.Set("Content-Type", w.FormDataContentType())
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		r.Fatal(err)
	}
	defer res.Body.Close()
	var out object
	if err := json.NewDecoder(res.Body).Decode(&out); err != nil {
		r.Fatal(err)
	}
	return out
}

func (r *rig) fetch(path string) (int, http.Header, []byte) {
	r.Helper()
	res, err := http.Get(r.http.URL + path)
	if err != nil {
		r.Fatal(err)
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		r.Fatal(err)
	}
	return res.StatusCode, res.Header, raw
}

func TestUploadRules(t *testing.T) {
	r := newRig(t)
	jpeg, amr, mp4 := doctorPicture(), []byte("#!AMR\n"), []byte("\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom")
	pad := func(raw []byte, n int) []byte { return append(bytes.Clone(raw), make([]byte, n)...) }
	for name, c := range map[string]struct {
		kind string
		raw  []byte
		want int
	}{
		"picture": {"image", jpeg, 0}, "voice": {"voice", amr, 0}, "mp3": {"voice", []byte("ID3\x03"), 0}, "film": {"video", mp4, 0}, "thumb": {"thumb", jpeg, 0},
		"10 MB": {"image", pad(jpeg, 10<<20), 45001}, "2 MB voice": {"voice", pad(amr, 2<<20), 45001}, "64 KB thumb": {"thumb", pad(jpeg, 64<<10), 45001},
		"10 MB film": {"video", pad(mp4, 10<<20), 45001}, "text": {"image", []byte("words"), 40005}, "picture as voice": {"voice", jpeg, 40005},
		"unknown kind": {"smell", jpeg, 40004}, "file": {"file", jpeg, 40004}, "nothing": {"image", nil, 41005},
	} {
		got := r.upload("wechat", "/cgi-bin/media/upload?type="+c.kind+"&access_token="+r.wechatToken(), "f", c.raw, nil)
		if code(got) != c.want {
			t.Errorf("%s: %v, want %d", name, got, c.want)
		}
		if id := got["media_id"]; c.want == 0 && c.kind != "thumb" && (got["type"] != c.kind || id == nil) || c.kind == "thumb" && c.want == 0 && got["thumb_media_id"] == nil {
			t.Errorf("%s: %v", name, got)
		}
	}
}

func TestMediaEndsAfterThreeDays(t *testing.T) {
	r := newRig(t)
	tok := r.wechatToken()
	id := r.upload("wechat", "/cgi-bin/media/upload?type=image&access_token="+tok, "a.jpg", doctorPicture(), nil)["media_id"].(string)
	status, head, raw := r.fetch("/_sim/api/wechat/cgi-bin/media/get?media_id=" + id + "&access_token=" + tok)
	if status != 200 || head.Get("Content-Type") != "image/jpeg" || !bytes.Equal(raw, doctorPicture()) || !strings.Contains(head.Get("Content-Disposition"), "a.jpg") {
		t.Errorf("%d %v, %d bytes", status, head, len(raw))
	}
	r.advance("71h59m")
	r.act("d", "say", object{"text": "x"})
	if c := r.send(r.wechatToken(), r.openid("d"), object{"msgtype": "image", "image": object{"media_id": id}}); c != 0 {
		t.Errorf("within three days: %d", c)
	}
	r.advance("1m")
	tok = r.wechatToken()
	if c := r.send(tok, r.openid("d"), object{"msgtype": "image", "image": object{"media_id": id}}); c != 40007 {
		t.Errorf("after three days: %d, want 40007", c)
	}
	_, _, raw = r.fetch("/_sim/api/wechat/cgi-bin/media/get?media_id=" + id + "&access_token=" + tok)
	if !strings.Contains(string(raw), "40007") {
		t.Errorf("fetching after three days: %.80s", raw)
	}
}

func TestDoctorsMediaCanBeFetched(t *testing.T) {
	r, c := plainRig(t, FormatJSON)
	tok := r.wechatToken()
	for verb, kind := range map[string]string{"image": "image/jpeg", "voice": "audio/amr", "video": "application/json; encoding=utf-8"} {
		r.act("d", verb, nil)
		var m struct{ MediaId string }
		if err := json.Unmarshal([]byte(c.last().body), &m); err != nil {
			t.Fatal(err)
		}
		_, head, raw := r.fetch("/_sim/api/wechat/cgi-bin/media/get?media_id=" + m.MediaId + "&access_token=" + tok)
		if head.Get("Content-Type") != kind {
			t.Errorf("%s: %s: %.80s", verb, head.Get("Content-Type"), raw)
		}
	}
}

func TestMaterialAndArticles(t *testing.T) {
	r := newRig(t)
	tok := r.wechatToken()
	add := func(kind string, raw []byte, fields map[string]string) object {
		return r.upload("wechat", "/cgi-bin/material/add_material?type="+kind+"&access_token="+tok, "f", raw, fields)
	}
	cover := add("image", doctorPicture(), nil)
	film := []byte("\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom")
	if got := add("video", film, nil); code(got) != 47001 {
		t.Errorf("film without description: %v", got)
	}
	if got := add("video", film, map[string]string{"description": `{"title":"片","introduction":"述"}`}); got["media_id"] == nil {
		t.Errorf("film: %v", got)
	}
	article := object{"title": "题", "content": "<p>文</p>", "digest": "摘", "thumb_media_id": cover["media_id"]}
	draft := r.api("wechat", "POST", "/cgi-bin/draft/add?access_token="+tok, object{"articles": []object{article}})
	r.act("d", "say", object{"text": "x"})
	id := r.openid("d")
	if c := r.send(tok, id, object{"msgtype": "mpnews", "mpnews": object{"media_id": draft["media_id"]}}); c != 0 {
		t.Errorf("mpnews: %d", c)
	}
	bad := object{"title": "题", "content": "x", "thumb_media_id": "gone"}
	if got := r.api("wechat", "POST", "/cgi-bin/draft/add?access_token="+tok, object{"articles": []object{bad}}); code(got) != 40007 {
		t.Errorf("draft without cover: %v", got)
	}
	r.advance("1000h")
	tok = r.wechatToken()
	if _, _, raw := r.fetch(strings.TrimPrefix(cover["url"].(string), r.http.URL)); !bytes.Equal(raw, doctorPicture()) {
		t.Error("permanent media went away")
	}
	if got := r.api("wechat", "POST", "/cgi-bin/material/del_material?access_token="+tok, object{"media_id": cover["media_id"]}); code(got) != 0 {
		t.Errorf("deleting: %v", got)
	}
	if got := r.api("wechat", "POST", "/cgi-bin/material/get_material?access_token="+tok, object{"media_id": cover["media_id"]}); code(got) != 40007 {
		t.Errorf("deleted material: %v", got)
	}
	if got := r.upload("wechat", "/cgi-bin/media/uploadimg?access_token="+tok, "a.jpg", doctorPicture(), nil); got["url"] == nil {
		t.Errorf("uploadimg: %v", got)
	}
}
