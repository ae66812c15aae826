"""Photos and files: staged, taken over, refused, served, cleared away."""

import io
import os
from datetime import date, timedelta
from pathlib import Path
from urllib.parse import quote

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile, TemporaryUploadedFile
from django.core.management import call_command
from django.utils import timezone
from PIL import Image

from common.errors import Refused
from problems.models import Evidence, ProgressEntry, Upload
from problems.services import progress, uploads
from problems.views import evidence as views
from tests.common.test_papers import archive
from tests.common.test_photos import jpeg, png_of_claimed_size
from tests.problems.conftest import noon

MARCH = date(2026, 3, 20)
NOW = noon(MARCH)
MB = 1024 * 1024


@pytest.fixture(autouse=True)
def own_media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def photo(name="施工现场.jpg", **options) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, jpeg(**options).getvalue(), "image/jpeg")


def stage(person, file=None) -> Upload:
    return uploads.stage_upload(file or photo(), by=person, at=NOW)


def files_in(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def post(problem, person, *uploaded, **given):
    values = {"text": "路基已完成。", "happened_on": MARCH, "by": person, "at": NOW} | given
    return progress.post_progress(problem, upload_tokens=[upload.token for upload in uploaded], **values)


@pytest.fixture
def problem(desk):
    return desk.accept()


class TestStaging:
    def test_a_photo_is_kept_under_a_name_of_ours_without_its_place(self, world, own_media):
        exif = Image.Exif()
        exif.get_ifd(0x8825)[2] = (28.0, 27.0, 3.0)

        upload = stage(world.village_secretary, photo("../村道 施工.JPG", exif=exif))

        assert upload.name == "村道 施工.jpg"
        assert "村道" not in upload.file.name
        assert len(files_in(own_media)) == 2
        with Image.open(upload.file.path) as kept:
            assert not kept.getexif()
            assert kept.format == "JPEG"

    def test_a_word_file_is_kept_byte_for_byte(self, world):
        content = archive("[Content_Types].xml", "word/document.xml")

        upload = stage(world.village_secretary, SimpleUploadedFile("协议.docx", content))

        assert Path(upload.file.path).read_bytes() == content
        assert not upload.thumbnail
        assert upload.size == len(content)

    def test_a_file_that_waits_on_disk_is_read_from_there(self, world):
        file = TemporaryUploadedFile("协议.pdf", "application/pdf", 0, None)
        file.write(b"%PDF-1.7\n" + b"x" * 3 * MB + b"\n%%EOF")
        file.size = file.tell()

        assert stage(world.village_secretary, file).size == file.size

    @pytest.mark.parametrize(
        ("file", "sentence"),
        [
            (SimpleUploadedFile("照片.jpg", "不是照片".encode()), "内容却不是"),
            (SimpleUploadedFile("图.svg", b"<svg onload='alert(1)'/>"), "SVG"),
            (SimpleUploadedFile("网页.html", b"<!doctype html>"), "只能上传"),
            (SimpleUploadedFile("大图.png", png_of_claimed_size(50_000, 50_000).getvalue()), "像素过大"),
            (SimpleUploadedFile("坏图.jpg", jpeg().getvalue()[:400]), "已损坏"),
        ],
    )
    def test_what_is_refused_leaves_nothing_behind(self, world, own_media, file, sentence):
        with pytest.raises(Refused, match=sentence):
            stage(world.village_secretary, file)

        assert not Upload.objects.exists()
        assert not files_in(own_media)

    def test_nobody_fills_the_disk_with_forms_never_sent(self, world, monkeypatch):
        monkeypatch.setattr(uploads, "MAX_STAGED", 1)
        stage(world.village_secretary)

        with pytest.raises(Refused, match="没有提交的照片和文件太多"):
            stage(world.village_secretary)
        stage(world.resident_cadre)

    def test_a_row_that_cannot_be_written_takes_its_files_with_it(self, world, own_media, monkeypatch):
        def broken(*args, **kwargs):
            raise RuntimeError

        monkeypatch.setattr(Upload, "save", broken)
        with pytest.raises(RuntimeError):
            stage(world.village_secretary)

        assert not files_in(own_media)


class TestTaking:
    def test_staged_photos_become_evidence_of_the_entry(self, world, problem):
        first, second = stage(world.village_secretary), stage(world.village_secretary, photo("二.jpg"))

        entry = post(problem, world.village_secretary, second, first)

        rows = Evidence.objects.filter(progress=entry)
        assert [row.name for row in rows] == ["二.jpg", "施工现场.jpg"]  # in the order of the form
        assert rows[1].file.name == first.file.name
        assert Path(rows[1].file.path).exists()
        assert not Upload.objects.exists()

    def test_someone_elses_photo_is_refused_and_nothing_is_written(self, world, problem):
        foreign = stage(world.resident_cadre)

        with pytest.raises(Refused, match="已过期或已提交过") as refusal:
            post(problem, world.village_secretary, foreign)

        assert refusal.value.field == "photos"
        assert not ProgressEntry.objects.exists()
        assert Upload.objects.count() == 1

    def test_one_photo_stands_once(self, world, problem):
        upload = stage(world.village_secretary)
        post(problem, world.village_secretary, upload, upload)

        with pytest.raises(Refused):
            post(problem, world.village_secretary, upload)

        assert Evidence.objects.count() == 1

    def test_ten_are_too_many(self, world, problem):
        ten = [stage(world.village_secretary) for _ in range(10)]

        with pytest.raises(Refused, match="最多上传9个"):
            post(problem, world.village_secretary, *ten)
        post(problem, world.village_secretary, *ten[:9])

        assert Evidence.objects.count() == 9

    def test_a_refused_entry_leaves_its_photos_staged(self, world, problem):
        upload = stage(world.village_secretary)

        with pytest.raises(Refused, match="不能早于"):
            post(problem, world.village_secretary, upload, happened_on=date(2026, 1, 1))

        assert Path(Upload.objects.get().file.path).exists()


class TestClearing:
    def test_only_what_is_old_and_never_taken_goes(self, world, problem, own_media):
        kept = stage(world.village_secretary)
        post(problem, world.village_secretary, kept)
        forgotten = stage(world.village_secretary)
        orphan = Path(forgotten.file.path).with_name("orphan.jpg")
        orphan.write_bytes(b"half a photo")
        Upload.objects.update(at=timezone.now() - timedelta(days=4))
        fresh = stage(world.village_secretary)
        Upload.objects.filter(pk=fresh.pk).update(at=timezone.now())
        long_ago = (timezone.now() - timedelta(days=4)).timestamp()
        for path in files_in(own_media):
            os.utime(path, (long_ago, long_ago))

        out = io.StringIO()
        call_command("clear_uploads", stdout=out)

        assert "照片和文件1个" in out.getvalue()
        left = {path.name for path in files_in(own_media)}
        names = [Evidence.objects.get().file.name, Evidence.objects.get().thumbnail.name]
        names += [fresh.file.name, fresh.thumbnail.name]
        assert left == {Path(name).name for name in names}

    def test_removing_what_a_record_took_meanwhile_leaves_the_file(self, world, problem):
        upload = stage(world.village_secretary)
        post(problem, world.village_secretary, upload)

        uploads.remove_upload(upload.token, by=world.village_secretary)

        assert Path(Evidence.objects.get().file.path).exists()


class TestUploadEndpoint:
    URL = "/problems/uploads/"

    def test_a_photo_gets_a_token_and_a_preview_for_its_owner_only(self, world):
        client = world.client(world.village_secretary)

        answer = client.post(self.URL, {"file": photo()})

        assert answer.status_code == 201
        preview = answer.json()["preview"]
        shown = client.get(preview)
        assert shown["Content-Type"] == "image/jpeg"
        b"".join(shown.streaming_content)  # read to its end: the file closes itself
        assert world.client(world.resident_cadre).get(preview).status_code == 404

    def test_thirty_megabytes_wait_on_disk_and_are_refused_with_a_sentence(self, world, own_media, monkeypatch):
        seen = []
        real = views.uploads.stage_upload
        monkeypatch.setattr(
            views.uploads, "stage_upload", lambda file, **kw: seen.append(type(file)) or real(file, **kw)
        )
        client = world.client(world.village_secretary)

        answer = client.post(self.URL, {"file": SimpleUploadedFile("大图.jpg", b"\xff\xd8\xff" + b"\0" * 30 * MB)})

        assert answer.status_code == 422
        assert answer.json()["error"] == "照片过大（30 MB），最大20 MB，请缩小后再传。"
        assert seen == [TemporaryUploadedFile]
        assert not files_in(own_media)

    def test_nothing_sent_is_said(self, world):
        assert world.client(world.village_secretary).post(self.URL).status_code == 422

    def test_who_reports_nothing_uploads_nothing(self, world):
        for person in (world.linked_leader, world.county_reader, world.administrator):
            assert world.client(person).post(self.URL, {"file": photo()}).status_code == 403
        assert world.client(None).post(self.URL, {"file": photo()}).status_code == 302
        assert not Upload.objects.exists()

    def test_removing_is_for_the_owner(self, world, own_media, django_capture_on_commit_callbacks):
        token = stage(world.village_secretary).token
        url = f"{self.URL}{token}/remove/"

        world.client(world.resident_cadre).post(url)
        assert Upload.objects.count() == 1

        with django_capture_on_commit_callbacks(execute=True):
            assert world.client(world.village_secretary).post(url).status_code == 204
        assert not Upload.objects.exists()
        assert not files_in(own_media)


class TestFormWithPhotos:
    """Without a script: the photos come in the form's own POST."""

    def send(self, client, problem, **given):
        url = f"/problems/{problem.pk}/progress/new/"
        form = {
            "submission": client.get(url).context["submission"],
            "text": "路基已完成。",
            "happened_on": timezone.localdate().isoformat(),
        }
        return client.post(url, form | given)

    def test_camera_album_and_papers_become_evidence(self, world, problem):
        pdf = SimpleUploadedFile("协议.pdf", b"%PDF-1.7\n%%EOF")

        answer = self.send(
            world.client(world.village_secretary),
            problem,
            photos_camera=photo("一.jpg"),
            photos_album=[photo("二.jpg"), photo("三.jpg")],
            photos_papers=pdf,
        )

        assert answer.status_code == 302
        names = ProgressEntry.objects.get().evidence.values_list("name", flat=True)
        assert list(names) == ["一.jpg", "二.jpg", "三.jpg", "协议.pdf"]

    def test_a_refused_form_shows_its_photos_again_and_takes_them_the_second_time(self, world, problem):
        client = world.client(world.village_secretary)

        refused = self.send(client, problem, text="", photos_album=[photo("一.jpg"), photo("二.jpg")])

        assert refused.status_code == 422
        page = refused.content.decode()
        tokens = list(Upload.objects.order_by("pk").values_list("token", flat=True))
        assert len(tokens) == 2
        assert all(f'value="{token}"' in page and f"/problems/uploads/{token}/" in page for token in tokens)

        taken = self.send(client, problem, photos=tokens, photos_remove=tokens[:1])

        assert taken.status_code == 302
        assert [row.name for row in Evidence.objects.all()] == ["二.jpg"]

    def test_one_bad_file_among_good_ones_is_named_and_the_good_ones_stay(self, world, problem):
        refused = self.send(
            world.client(world.village_secretary),
            problem,
            photos_album=[photo("好.jpg"), SimpleUploadedFile("坏.jpg", b"not a photo")],
        )

        page = refused.content.decode()
        assert refused.status_code == 422
        assert "“坏.jpg”：这个文件的名称像照片" in page
        assert "路基已完成。" in page
        assert Upload.objects.get().token in page
        assert not ProgressEntry.objects.exists()

    def test_the_tenth_photo_is_refused_and_nine_stay(self, world, problem):
        refused = self.send(
            world.client(world.village_secretary), problem, photos_album=[photo(f"{n}.jpg") for n in range(10)]
        )

        assert refused.status_code == 422
        assert "一次最多上传9个" in refused.content.decode()
        assert Upload.objects.count() == 9

    def test_photos_sent_before_the_session_expired_are_there_again_after_login(self, world, problem):
        client = world.client(world.village_secretary)
        token = stage(world.village_secretary).token
        url = f"/problems/{problem.pk}/progress/new/"
        submission = client.get(url).context["submission"]
        client.session.flush()
        client.post(url, {"submission": submission, "text": "一段长文字", "photos": [token]})

        client.force_login(world.village_secretary, backend="django.contrib.auth.backends.ModelBackend")
        page = client.get(url).content.decode()

        assert "一段长文字" in page
        assert f"/problems/uploads/{token}/" in page

    def test_another_persons_token_in_the_form_is_refused_and_not_shown(self, world, problem):
        foreign = stage(world.resident_cadre)

        refused = self.send(world.client(world.village_secretary), problem, photos=[foreign.token])

        assert refused.status_code == 422
        assert "已过期或已提交过" in refused.content.decode()
        assert f"/problems/uploads/{foreign.token}/" not in refused.content.decode()
        assert not Evidence.objects.exists()


class TestServing:
    def test_photo_and_thumbnail_go_to_those_who_see_the_problem(self, world, problem):
        post(problem, world.village_secretary, stage(world.village_secretary))
        row = Evidence.objects.get()
        for url in (f"/problems/evidence/{row.pk}/", f"/problems/evidence/{row.pk}/thumbnail/"):
            answer = world.client(world.commissioner).get(url)
            assert answer.status_code == 200
            assert answer["Content-Type"] == "image/jpeg"
            assert answer["X-Content-Type-Options"] == "nosniff"
            assert answer["Cache-Control"] == "private, max-age=86400"
            assert quote("施工现场.jpg") in answer["Content-Disposition"]
            b"".join(answer.streaming_content)
            for person in (world.stranger, world.sibling_secretary, world.users["station"]):
                assert world.client(person).get(url).status_code == 404
            assert world.client(world.administrator).get(url).status_code == 403

    def test_a_paper_is_only_saved_and_can_run_nothing(self, world, problem):
        pdf = SimpleUploadedFile("协议.pdf", b"%PDF-1.7\n%%EOF")
        post(problem, world.village_secretary, stage(world.village_secretary, pdf))
        row = Evidence.objects.get()

        answer = world.client(world.commissioner).get(f"/problems/evidence/{row.pk}/")

        assert answer["Content-Disposition"].startswith("attachment")
        assert answer["Content-Security-Policy"] == "sandbox; default-src 'none'"
        assert b"".join(answer.streaming_content) == b"%PDF-1.7\n%%EOF"
        assert world.client(world.commissioner).get(f"/problems/evidence/{row.pk}/thumbnail/").status_code == 404

    def test_a_file_lost_from_disk_is_not_found(self, world, problem):
        post(problem, world.village_secretary, stage(world.village_secretary))
        row = Evidence.objects.get()
        Path(row.file.path).unlink()

        assert world.client(world.commissioner).get(f"/problems/evidence/{row.pk}/").status_code == 404
