package sim

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"image/png"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// The matrices were drawn by the npm package qrcode 1.5.4 (byte mode, level M,
// mask 0) and agree module by module; jsqr 1.4.0 reads all of our pictures.
func TestQRAgreesWithAForeignEncoder(t *testing.T) {
	for text, want := range map[string]string{
		"a": "28728c1c9f745f9ed68b99f324c97579a1a343ef7a3e6e5faf444b724770b46b",
		"http://weixin.qq.com/q/02abcdefghijklmnopqrst": "1c0db3881874f6440bc99507e6b612a7e0551ac5bb8ffde22b1d3c4236385262",
		strings.Repeat("z", 20):                         "07a03d6fb590b8cedaedae5d844c28be9683b20de853b9d411902a3a6eaff8f3",
		strings.Repeat("x1", 40):                        "aa9ad976d57eefafc8446f8dedc0035229586d661fee5d44accf9de17b6fceec",
		strings.Repeat("ab/", 35):                       "9c5b4d62368248ab56b74330b379795d0d976b014072c0fb5b94d9bd2aa00847",
		strings.Repeat("q", 106):                        "98debdd604434b1508492b06e00ad60781fc4abcc594de39cf7b084bef9b5595",
	} {
		raw, err := qrPNG(text, 3)
		if err != nil {
			t.Fatal(err)
		}
		if got := modulesOf(t, raw, 3); got != want {
			t.Errorf("%d bytes: modules %s, want %s", len(text), got, want)
		}
	}
	if _, err := qrPNG(strings.Repeat("q", 107), 1); !errors.Is(err, ErrRefused) {
		t.Errorf("107 bytes: %v", err)
	}
}

// modulesOf is the digest of the modules inside the quiet zone, row by row.
func modulesOf(t *testing.T, raw []byte, scale int) string {
	img, err := png.Decode(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	size := img.Bounds().Dx()/scale - 8
	var b strings.Builder
	for y := range size {
		for x := range size {
			r, _, _, _ := img.At((x+4)*scale, (y+4)*scale).RGBA()
			b.WriteByte("10"[r>>15])
		}
		b.WriteByte('\n')
	}
	sum := sha256.Sum256([]byte(b.String()))
	return hex.EncodeToString(sum[:])
}

func (r *rig) makeCode(body object) object {
	r.Helper()
	return r.api("wechat", "POST", "/cgi-bin/qrcode/create?access_token="+r.wechatToken(), body)
}

func scene(action string, in object) object {
	return object{"action_name": action, "action_info": object{"scene": in}}
}

func TestCodes(t *testing.T) {
	r := newRig(t)
	made := r.makeCode(object{"expire_seconds": 3600, "action_name": "QR_STR_SCENE", "action_info": object{"scene": object{"scene_str": "rep7"}}})
	ticket := made["ticket"].(string)
	if made["expire_seconds"] != 3600.0 || !strings.HasPrefix(made["url"].(string), "http://weixin.qq.com/q/") || made["errcode"] != nil {
		t.Errorf("made %v", made)
	}
	picture := func(ticket string) (int, string, []byte) {
		res, err := http.Get(r.http.URL + "/_sim/api/mp/cgi-bin/showqrcode?ticket=" + url.QueryEscape(ticket))
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		raw, err := io.ReadAll(res.Body)
		if err != nil {
			t.Fatal(err)
		}
		return res.StatusCode, res.Header.Get("Content-Type"), raw
	}
	status, kind, raw := picture(ticket)
	if status != 200 || kind != "image/png" {
		t.Fatalf("picture: %d %s", status, kind)
	}
	direct, err := qrPNG(made["url"].(string), qrScale)
	if err != nil || !bytes.Equal(raw, direct) {
		t.Errorf("the picture does not show the address (%v)", err)
	}
	r.act("new", "scan", object{"ticket": ticket})
	r.act("new", "scan", object{"url": made["url"]})
	r.act("newer", "scan", object{"scene": "rep7"})
	seen := r.bot.messages()
	for i, want := range []string{"subscribe qrscene_rep7", "SCAN rep7", "subscribe qrscene_rep7"} {
		if got := seen[i].Event + " " + seen[i].EventKey; got != want {
			t.Errorf("event %d is %s, want %s", i, got, want)
		}
	}
	if !strings.Contains(seen[0].plain, "<Ticket><![CDATA["+ticket) {
		t.Errorf("no ticket in %s", seen[0].plain)
	}
	r.advance("1h")
	if status, _, _ := picture(ticket); status != 404 {
		t.Errorf("picture of a code that is over: %d", status)
	}
	r.call(409, "POST", "/_sim/users/new/scan", object{"ticket": ticket}, nil)
	r.call(409, "POST", "/_sim/users/new/scan", object{"scene": "rep7"}, nil)
	r.call(404, "POST", "/_sim/users/new/scan", object{"ticket": "invented"}, nil)
	var list struct{ Codes []codeView }
	if r.call(200, "GET", "/_sim/codes", nil, &list); len(list.Codes) != 1 || list.Codes[0].Scans != 3 {
		t.Errorf("codes %+v", list.Codes)
	}
}

func TestPermanentAndNumberedCodes(t *testing.T) {
	r := newRig(t)
	first := r.makeCode(scene("QR_LIMIT_SCENE", object{"scene_id": 7}))
	again := r.makeCode(scene("QR_LIMIT_SCENE", object{"scene_id": 7}))
	if first["ticket"] != again["ticket"] || first["expire_seconds"] != nil {
		t.Errorf("%v and %v", first, again)
	}
	r.act("d", "follow", object{"ticket": first["ticket"]})
	r.act("d", "unfollow", nil)
	r.act("d", "scan", object{"ticket": first["ticket"]})
	if m := r.bot.messages()[2]; m.Event != "subscribe" || m.EventKey != "qrscene_7" {
		t.Errorf("a scan after leaving pushes %s %s", m.Event, m.EventKey)
	}
	info := r.api("wechat", "GET", "/cgi-bin/user/info?openid="+r.openid("d")+"&access_token="+r.wechatToken(), nil)
	if info["qr_scene"] != 7.0 || info["qr_scene_str"] != "" {
		t.Errorf("info %v", info)
	}
	for name, c := range map[string]struct {
		body object
		want int
	}{
		"zero":         {scene("QR_SCENE", object{"scene_id": 0}), 40053},
		"too high":     {scene("QR_LIMIT_SCENE", object{"scene_id": 100001}), 40053},
		"33 bits":      {scene("QR_SCENE", object{"scene_id": 1 << 32}), 40053},
		"text for id":  {scene("QR_SCENE", object{"scene_str": "x"}), 40053},
		"empty":        {scene("QR_STR_SCENE", object{"scene_str": ""}), 40053},
		"65 letters":   {scene("QR_STR_SCENE", object{"scene_str": strings.Repeat("x", 65)}), 40053},
		"wrong action": {scene("QR_CARD", object{"scene_str": "x"}), 40052},
		"31 days":      {object{"expire_seconds": 31 * 86400, "action_name": "QR_SCENE", "action_info": object{"scene": object{"scene_id": 1}}}, 40035},
	} {
		if got := r.makeCode(c.body); code(got) != c.want {
			t.Errorf("%s: %v, want %d", name, got, c.want)
		}
	}
	if got := r.makeCode(scene("QR_SCENE", object{"scene_id": 4294967295})); code(got) != 0 || got["expire_seconds"] != 60.0 {
		t.Errorf("32 bits, no life given: %v", got)
	}
}
