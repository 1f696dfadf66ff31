# Fieldcheck for build servers: the terminal alone, as an ordinary user, without a network once it is built.
#
#     docker build -t fieldcheck .
#     docker run --rm --network none -v "$PWD:$PWD" -w "$PWD" fieldcheck gate line4.fieldcheck --model candidate.onnx --junit gate.xml
#
# The folder stands in it where it stands outside, since a project names the folder of its benchmark; `--user "$(id -u)"` where that is not 1000.
FROM python:3.12-slim

ENV PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 FIELDCHECK_HOME=/home/fieldcheck/data LANG=C.UTF-8

WORKDIR /src
COPY packaging/requirements/product.txt packaging/requirements/
RUN pip install --no-cache-dir --require-hashes --no-deps -r packaging/requirements/product.txt
COPY . .
RUN pip install --no-cache-dir --no-deps . && useradd --create-home --uid 1000 fieldcheck \
    && mkdir -p /home/fieldcheck/data && chown fieldcheck /home/fieldcheck/data

USER fieldcheck
WORKDIR /work
ENTRYPOINT ["fieldcheck"]
CMD ["--help"]
