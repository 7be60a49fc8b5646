"""Stages that an earlier version made lack columns: they go, and their files are opened again as after a crash."""

from __future__ import annotations

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

_DROP = r"""
DO $$
DECLARE name text;
BEGIN
    FOR name IN SELECT tablename FROM pg_tables
        WHERE schemaname = current_schema() AND tablename ~ '^stage_(record|image)_[0-9]+$'
    LOOP
        EXECUTE format('DROP TABLE %I', name);
    END LOOP;
END $$
"""


def drop_stages(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """What is checked or held is opened again at its turn; what is being opened or checked begins again here."""
    submissions = apps.get_model("store", "Submission").objects
    shards = apps.get_model("store", "Shard").objects
    shards.filter(submission__state__in=["received", "opened"]).delete()
    opened = list(submissions.filter(state="opened").order_by("pk").values_list("pk", flat=True))
    submissions.filter(pk__in=opened).update(state="received", opened_at=None)
    schema_editor.execute(_DROP, params=None)
    if opened:
        from procrastinate.contrib.django import app  # noqa: PLC0415

        for pk in opened:  # what is received has its job already
            job = app.configure_task("ingest.open_submission", queue="line", priority=100)
            job.defer(submission_id=pk)


class Migration(migrations.Migration):
    """Drops every stage_record_N and stage_image_N."""

    dependencies = [
        ("store", "0027_speed"),
        ("procrastinate", "0041_post_retry_failed_job"),
    ]

    operations = [
        migrations.RunPython(drop_stages, migrations.RunPython.noop),
    ]
